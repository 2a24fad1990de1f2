import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';

export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

/** Finds the source map (JSON text) of the version of a file that is loaded, or undefined. */
export type MapLookup = (file: string) => string | undefined;

const place = /(?<=\(|\bat |\basync )((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/])[^()\n]*?):(\d+):(\d+)/g;

// Decoding a map takes longer than a look-up in it; a few are kept, newest last.
const decoded = new Map<string, { readonly map: string; readonly trace: TraceMap }>();
const decodedKept = 32;

/** Rewrites the places of transpiled code in a stack trace into those of its TypeScript source. */
export function mapStack(stack: string, mapOf: MapLookup): string {
  return stack.replace(place, (...found: string[]) => {
    const [whole = '', file = '', line, column] = found;
    const mapped = mapPlace({ file, line: Number(line), column: Number(column) }, mapOf);
    return mapped === undefined ? whole : `${mapped.file}:${mapped.line}:${mapped.column}`;
  });
}

/** The topmost place of a stack trace that lies in a file with a map, in the source's terms. */
export function topmostPlace(stack: string, mapOf: MapLookup): SourcePlace | undefined {
  for (const [, file = '', line, column] of stack.matchAll(place)) {
    const mapped = mapPlace({ file, line: Number(line), column: Number(column) }, mapOf);
    if (mapped !== undefined) return mapped;
  }
  return undefined;
}

/** A place in compiled code, in the source's terms; undefined where nothing is known of it. */
export function mapPlace({ file, line, column }: SourcePlace, mapOf: MapLookup): SourcePlace | undefined {
  const map = mapOf(file);
  if (map === undefined) return undefined;
  const trace = decode(file, map);
  const found = originalPositionFor(trace, { line, column: column - 1 });
  if (found.source === null) return undefined;
  // A built file of the runtime holds many sources.
  const source = trace.sources.length > 1 ? new URL(found.source, file).pathname : file;
  return { file: source, line: found.line, column: found.column + 1 };
}

function decode(file: string, map: string): TraceMap {
  const known = decoded.get(file);
  if (known?.map === map) return known.trace;
  const trace = new TraceMap(map);
  decoded.delete(file);
  decoded.set(file, { map, trace });
  const [oldest] = decoded.keys();
  if (decoded.size > decodedKept && oldest !== undefined) decoded.delete(oldest);
  return trace;
}
