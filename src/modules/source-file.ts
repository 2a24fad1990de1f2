import { readFileSync, statSync, type Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { contentHash } from '../contract/content-hash.ts';
import { codeFrame } from './code-frame.ts';
import { LoadProblem } from './load-problem.ts';
import type { Transpiled } from './transpile.ts';
import type { Transpiler } from './transpile-cache.ts';

/** One version of one local file, ready to be linked. */
export interface SourceFile {
  /** Absolute path. */
  readonly file: string;
  readonly hash: string;
  readonly text: string;
  readonly content:
    | { readonly kind: 'code'; readonly transpiled: Transpiled }
    | { readonly kind: 'json'; readonly value: unknown };
}

export interface FileText {
  readonly text: string;
  readonly hash: string;
}

/** How one file is read: `readText` or `readTextNow`. */
export type ReadText = (file: string, maxBytes?: number) => Promise<FileText | undefined>;

/**
 * The file's text as it is on disk now, or undefined when there is no such file.
 *
 * @throws LoadProblem when it cannot be read, is no regular file, or has more than `maxBytes`
 */
export const readText: ReadText = (file, maxBytes = Infinity) =>
  toText(file, () => readWhole(file, maxBytes));

/**
 * The same at once. For the few files of a save this is faster: reading in the background waits behind the
 * watcher, which looks through the whole folder after each event.
 */
export const readTextNow: ReadText = (file, maxBytes = Infinity) =>
  toText(file, () => readWholeNow(file, maxBytes));

async function toText(file: string, read: () => Buffer | Promise<Buffer>): Promise<FileText | undefined> {
  try {
    const bytes = await read();
    return { text: bytes.toString('utf8'), hash: contentHash(bytes) };
  } catch (error) {
    if (error instanceof LoadProblem) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
    throw new LoadProblem(`cannot be read: ${(error as Error).message}`, { file }, error);
  }
}

const readAtMost = 10;

/** `readFile` reads as many bytes as the file had at first: when it grew meanwhile, a part of the new content. */
async function readWhole(file: string, maxBytes: number): Promise<Buffer> {
  for (let time = 1; ; time++) {
    const before = checkReadable(file, await stat(file), maxBytes);
    const bytes = await readFile(file);
    if (time === readAtMost || isSettled(before, await stat(file), bytes.length)) return bytes;
  }
}

function readWholeNow(file: string, maxBytes: number): Buffer {
  for (let time = 1; ; time++) {
    const before = checkReadable(file, statSync(file), maxBytes);
    const bytes = readFileSync(file);
    if (time === readAtMost || isSettled(before, statSync(file), bytes.length)) return bytes;
  }
}

/** Whoever opens a pipe waits for its writer, perhaps for ever. */
function checkReadable(file: string, stats: Stats, maxBytes: number): Stats {
  if (!stats.isFile() && !stats.isDirectory())
    throw new LoadProblem('cannot be read: it is a pipe, a socket or a device, not a file', { file });
  if (stats.isFile() && stats.size > maxBytes)
    throw new LoadProblem(
      `has ${stats.size} bytes; expected ${maxBytes} at most (maxFileSize): split it, or raise the limit`,
      { file },
    );
  return stats;
}

function isSettled(before: Stats, after: Stats, length: number): boolean {
  return before.mtimeMs === after.mtimeMs && before.size === length && after.size === length;
}

/** @throws LoadProblem when the text cannot be parsed */
export async function toSourceFile(
  file: string,
  found: FileText,
  transpiler: Pick<Transpiler, 'transpile'>,
): Promise<SourceFile> {
  const { text, hash } = found;
  const content: SourceFile['content'] = file.endsWith('.json')
    ? { kind: 'json', value: parseJson(text, file) }
    : { kind: 'code', transpiled: await transpiler.transpile(file, found) };
  return { file, hash, text, content };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const offset = Number(/position (\d+)/.exec((error as Error).message)?.[1] ?? 0);
    const before = text.slice(0, offset).split('\n');
    const line = before.length;
    const column = (before.at(-1)?.length ?? 0) + 1;
    throw new LoadProblem((error as Error).message, {
      file,
      line,
      column,
      frame: codeFrame(text, line, column),
    });
  }
}
