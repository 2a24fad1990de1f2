import { open, type FileHandle } from 'node:fs/promises';

/** Read at once. Bytes. */
const chunkSize = 64 * 1_024;
/** A longer run without a line break is no log line, and is left out. Bytes. */
const longestLine = 2 ** 20;
const lineBreak = 0x0a;

/** The lines of a file without their breaks, the last one first; none when it cannot be read. */
export async function* readLinesBackward(file: string): AsyncGenerator<string, void, undefined> {
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) return;
  try {
    yield* linesOf(handle, (await handle.stat()).size);
  } finally {
    await handle.close();
  }
}

async function* linesOf(handle: FileHandle, size: number): AsyncGenerator<string, void, undefined> {
  // The beginning of the line that the last chunk ended within; chunks end within characters, too, so
  // bytes are joined before they become text.
  let tail: Buffer[] = [];
  let tailLength = 0;
  for (let end = size; end > 0; end -= chunkSize) {
    const start = Math.max(0, end - chunkSize);
    const chunk = Buffer.alloc(end - start);
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, start);
    // Somebody cut the file meanwhile: what is left of it has no reliable end.
    if (bytesRead < chunk.length) return;
    let lineEnd = chunk.length;
    for (let at = chunk.lastIndexOf(lineBreak); at !== -1; at = previousBreak(chunk, at)) {
      const line = toLine(chunk.subarray(at + 1, lineEnd), tail, tailLength);
      if (line !== '') yield line;
      tail = [];
      tailLength = 0;
      lineEnd = at;
    }
    tailLength += lineEnd;
    if (tailLength <= longestLine) tail.unshift(chunk.subarray(0, lineEnd));
    else tail = [];
  }
  const first = toLine(Buffer.alloc(0), tail, tailLength);
  if (first !== '') yield first;
}

function previousBreak(chunk: Buffer, at: number): number {
  return at === 0 ? -1 : chunk.lastIndexOf(lineBreak, at - 1);
}

function toLine(head: Buffer, tail: readonly Buffer[], tailLength: number): string {
  return tailLength > longestLine ? '' : Buffer.concat([head, ...tail]).toString('utf8');
}
