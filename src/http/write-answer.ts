import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';

/** Sends an answer, and gives the bytes of its text. For HEAD, `node:http` keeps the headers and leaves the text out. */
export function writeAnswer(outgoing: ServerResponse, answer: Answer): number {
  const length = Buffer.byteLength(answer.text);
  // The length that a 304 may tell is that of the answer it stands for (RFC 9110, 8.6): not 0.
  const framing = answer.status === 304 ? {} : { 'content-length': length };
  outgoing.writeHead(answer.status, { ...answer.headers, ...framing });
  outgoing.end(answer.text);
  return length;
}
