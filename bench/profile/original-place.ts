import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';

/** As V8's profiler has it, lines and columns from 0 on. */
export interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

export interface Place {
  readonly file: string;
  /** From 1 on. */
  readonly line: number;
}

const maps = new Map<string, TraceMap | undefined>();

/** Where a function stands in the source; the built files hold many sources each. */
export function originalPlace({ url, lineNumber, columnNumber }: CallFrame): Place {
  const map = url.startsWith('file:') ? mapOf(fileURLToPath(url)) : undefined;
  const found = map && originalPositionFor(map, { line: lineNumber + 1, column: columnNumber });
  if (found === undefined || found.source === null) return { file: shorten(url), line: lineNumber + 1 };
  return { file: shorten(found.source), line: found.line };
}

function mapOf(file: string): TraceMap | undefined {
  if (!maps.has(file)) maps.set(file, readMap(`${file}.map`));
  return maps.get(file);
}

function readMap(file: string): TraceMap | undefined {
  return existsSync(file) ? new TraceMap(readFileSync(file, 'utf8'), file) : undefined;
}

/** From the package or from our own folder on; the rest of the path differs from machine to machine. */
function shorten(path: string): string {
  const packaged = path.lastIndexOf('/node_modules/');
  if (packaged !== -1) return path.slice(packaged + '/node_modules/'.length);
  return path.replace(/^.*\/(src|dist|apis)\//, '$1/');
}
