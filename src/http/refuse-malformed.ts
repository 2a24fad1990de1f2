import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ApiError } from '../contract/api-error.ts';
import { failureAnswer, type Answer } from './answer.ts';
import { resolveRequestId } from './request-id.ts';

/**
 * How long a connection that is being closed is still read from, milliseconds: closed at once, unread bytes
 * would reset it before the client has read why.
 */
export const linger = 500;

/** The last exchange of a connection: the one that the parser is reading, or has read. */
const latest = Symbol('latest exchange');
/** Set when the last answer of a connection is on its way. */
const ending = Symbol('no further requests');

/** `_httpMessage` is the answer that is being sent; `node:http` has no public name for it. */
type HttpSocket = Socket & {
  [latest]?: ServerResponse;
  [ending]?: true;
  _httpMessage?: ServerResponse | null;
};

/**
 * To be called with each request, so that a later error of the parser is known to be its own or not. False for one
 * that must not be looked at, because a refusal before it closes the connection (RFC 9112, 9.6).
 */
export function noteExchange(incoming: IncomingMessage, outgoing: ServerResponse): boolean {
  const socket = incoming.socket as HttpSocket;
  if (socket[ending] === true) return false;
  socket[latest] = outgoing;
  return true;
}

/** What else comes on this connection is not a request. */
export function endRequests(socket: Socket): void {
  (socket as HttpSocket)[ending] = true;
}

/** The answer to what never became a request of a route: no log line of its own. */
export function refusedAnswer(error: ApiError, generation: number): Answer {
  const requestId = resolveRequestId(undefined);
  const answer = failureAnswer(error, { endpoint: '', requestId, debug: true });
  return {
    ...answer,
    headers: {
      ...answer.headers,
      'x-request-id': requestId,
      'x-process-time': '0.000000',
      'x-generation': String(generation),
      connection: 'close',
    },
  };
}

/**
 * Answers what the HTTP parser refused and closes the connection: after the answers to all requests before it, and
 * only if the request at fault has no answer yet. One that was executed must not be told that it was not, and
 * nobody must get two answers to one request.
 */
export function refuseInTurn(socket: Socket, answer: Answer): void {
  const { [latest]: last, _httpMessage: sending } = socket as HttpSocket;
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const ownBody = last !== undefined && !last.req.complete;
  if (sending === null || sending === undefined) {
    // The latest one was answered before its body had come; the error in that body is nobody's question.
    endGently(socket, ownBody ? '' : toHttpText(answer));
  } else if (ownBody && sending === last) {
    if (sending.headersSent) socket.destroy();
    else endGently(socket, toHttpText(answer));
  } else {
    sending.once('close', () => refuseInTurn(socket, answer));
  }
}

/** The refusal of what the parser could not read; undefined when nobody is left to be told. */
export function toParserRefusal({ code }: NodeJS.ErrnoException): ApiError | undefined {
  switch (code) {
    case 'ECONNRESET':
    case 'EPIPE':
      return undefined;
    case 'HPE_HEADER_OVERFLOW':
      return refusal(431, 'The request headers are too large: expected at most 16 KiB');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return refusal(413, 'The chunk extensions of the request body are too large: expected at most 16 KiB');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return refusal(408, `The request did not arrive in time: expected its headers within 'headersTimeout'`);
    default:
      return refusal(400, `The request is not valid HTTP${code === undefined ? '' : ` (${code})`}`);
  }
}

function refusal(status: number, message: string): ApiError {
  return new ApiError('INVALID_REQUEST', message, { status });
}

function endGently(socket: Socket, text: string): void {
  socket.end(text);
  const timer = setTimeout(() => socket.destroy(), linger).unref();
  socket.once('close', () => clearTimeout(timer));
}

function toHttpText({ status, headers, text }: Answer): string {
  const lines = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(text)) });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head}\r\n${text}`;
}
