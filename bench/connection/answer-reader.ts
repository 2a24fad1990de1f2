/** One HTTP answer; `body` is valid only until the next chunk. */
export interface WireAnswer {
  readonly status: number;
  readonly body: Buffer;
}

const headEnd = Buffer.from('\r\n\r\n');

/**
 * Cuts a stream of bytes into answers. Reads just as much of HTTP as servers need that are asked by us:
 * a status, `Content-Length`, the body.
 *
 * The returned function throws Error for an answer without `Content-Length`.
 */
export function createAnswerReader(onAnswer: (answer: WireAnswer) => void): (chunk: Buffer) => void {
  let pending: Buffer | undefined;
  return (chunk) => {
    let rest = pending === undefined ? chunk : Buffer.concat([pending, chunk]);
    pending = undefined;
    while (rest.length > 0) {
      const end = rest.indexOf(headEnd);
      if (end === -1) break;
      const head = rest.toString('latin1', 0, end);
      const start = end + headEnd.length;
      const total = start + contentLength(head);
      if (rest.length < total) break;
      onAnswer({ status: Number(head.slice(9, 12)), body: rest.subarray(start, total) });
      rest = rest.subarray(total);
    }
    if (rest.length > 0) pending = rest;
  };
}

function contentLength(head: string): number {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`expected an answer with Content-Length, got\n${head}`);
  return Number(length);
}
