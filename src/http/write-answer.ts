import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';

/** Sends an answer. For HEAD, `node:http` keeps the headers and leaves the text out. */
export function writeAnswer(outgoing: ServerResponse, answer: Answer): void {
  // The length that a 304 may tell is that of the answer it stands for (RFC 9110, 8.6): not 0.
  const length = answer.status === 304 ? {} : { 'content-length': Buffer.byteLength(answer.text) };
  outgoing.writeHead(answer.status, { ...answer.headers, ...length });
  outgoing.end(answer.text);
}
