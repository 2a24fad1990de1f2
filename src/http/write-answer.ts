import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';

/** Sends an answer. For HEAD, `node:http` keeps the headers and leaves the text out. */
export function writeAnswer(outgoing: ServerResponse, answer: Answer): void {
  outgoing.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.text) });
  outgoing.end(answer.text);
}
