import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ApiError } from '../contract/api-error.ts';
import { failureAnswer, type Answer } from './answer.ts';
import { resolveRequestId } from './request-id.ts';

/** The answer to what never became a request: no route, no log line of its own. */
export function malformedAnswer(message: string, about: { status: number; generation: number }): Answer {
  const requestId = resolveRequestId(undefined);
  const error = new ApiError('INVALID_REQUEST', message, { status: about.status });
  const answer = failureAnswer(error, { endpoint: '', requestId, debug: true });
  return {
    ...answer,
    headers: {
      ...answer.headers,
      'x-request-id': requestId,
      'x-process-time': '0.000000',
      'x-generation': String(about.generation),
      connection: 'close',
    },
  };
}

/** Answers what the HTTP parser refused, where the socket still allows it, and closes the connection. */
export function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket, generation: number): void {
  // An answer that is being sent must not get another one in its middle.
  const { _httpMessage: pending } = socket as Socket & { _httpMessage?: ServerResponse | null };
  if (error.code === 'ECONNRESET' || !socket.writable || pending?.headersSent === true) {
    socket.destroy();
    return;
  }
  const [status, message] = describe(error);
  socket.write(toHttpText(malformedAnswer(message, { status, generation })));
  socket.destroySoon();
}

function describe({ code }: NodeJS.ErrnoException): [status: number, message: string] {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return [431, 'The request headers are too large: expected at most 16 KiB'];
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return [413, 'The chunk extensions of the request body are too large'];
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return [408, 'The request did not arrive in time'];
    default:
      return [400, `The request is not valid HTTP${code === undefined ? '' : ` (${code})`}`];
  }
}

function toHttpText({ status, headers, text }: Answer): string {
  const lines = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(text)) });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head}\r\n${text}`;
}
