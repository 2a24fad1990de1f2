import { connect } from 'node:net';
import { businessToken } from './start-app.ts';

/** One answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly json: Record<string, any>;
}

export interface Exchange {
  readonly answers: readonly WireAnswer[];
  /** What came besides whole answers; empty when all is well. */
  readonly rest: string;
  /** Whether the server closed the connection. */
  readonly closed: boolean;
}

export interface ExchangeOptions {
  /** Reading ends when so many answers are there, and nothing more came for `quiet` milliseconds. */
  readonly expected?: number;
  readonly quiet?: number;
  /**
   * For input that may make the server wait for more: reading also ends when so many answers are there, and nothing
   * more came for half a second.
   */
  readonly atLeast?: number;
  /** The answers are those to HEAD. */
  readonly head?: boolean;
}

/** Sends bytes on a connection of their own, then reads until the server closes it, or the answers are there. */
export async function exchange(
  port: number,
  pieces: readonly (string | Uint8Array)[],
  { expected = 1, quiet = 60, atLeast, head = false }: ExchangeOptions = {},
): Promise<Exchange> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const chunks: Buffer[] = [];
  let closed = false;
  let sent = false;
  let settling: NodeJS.Timeout | undefined;
  let end = (): void => {};
  const settle = (): void => {
    clearTimeout(settling);
    const { answers, rest } = readAnswers(Buffer.concat(chunks), head);
    if (answers.length >= expected) settling = setTimeout(end, quiet);
    else if (sent && rest === '' && answers.length >= (atLeast ?? Infinity)) settling = setTimeout(end, 500);
  };
  const result = new Promise<void>((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`no end after 30 s: ${Buffer.concat(chunks).toString()}`)),
      30_000,
    );
    end = () => {
      clearTimeout(late);
      clearTimeout(settling);
      resolve();
    };
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      settle();
    });
    socket.on('close', () => {
      closed = true;
      end();
    });
  });
  for (const piece of pieces) {
    if (socket.destroyed) break;
    socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
    if (pieces.length > 1) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  sent = true;
  if (!closed) settle();
  await result;
  socket.destroy();
  return { ...readAnswers(Buffer.concat(chunks), head), closed };
}

/** Whole answers at the beginning of what came, and what is left; answers to HEAD have no bodies. */
export function readAnswers(received: Buffer, head = false): { answers: WireAnswer[]; rest: string } {
  const answers: WireAnswer[] = [];
  let at = 0;
  for (;;) {
    const end = received.indexOf('\r\n\r\n', at);
    if (end === -1) break;
    const [statusLine = '', ...lines] = received.subarray(at, end).toString('latin1').split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1]);
    const headers: Record<string, string> = {};
    for (const line of lines) {
      const colon = line.indexOf(':');
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
    const length = head || status === 100 ? 0 : Number(headers['content-length']);
    if (!Number.isInteger(status) || !Number.isInteger(length) || end + 4 + length > received.length) break;
    const text = received.subarray(end + 4, end + 4 + length).toString();
    at = end + 4 + length;
    if (status !== 100) answers.push({ status, headers, text, json: toJson(text) });
  }
  return { answers, rest: received.subarray(at).toString('latin1') };
}

function toJson(text: string): Record<string, any> {
  try {
    return JSON.parse(text) as Record<string, any>;
  } catch {
    return {};
  }
}

export interface PostOptions {
  readonly path?: string;
  readonly version?: string;
  /** Lines of the head besides Host and Content-Type. Default: the right `Content-Length`. */
  readonly headers?: readonly string[];
  readonly body?: string;
}

export const goodBody = JSON.stringify({ token: businessToken });

/** A call as bytes; latin1, so that each character is one. */
export function postText({
  path = '/demo/hi',
  version = '1.1',
  headers,
  body = goodBody,
}: PostOptions = {}): string {
  const lines = [
    `POST ${path} HTTP/${version}`,
    'Host: x',
    'Content-Type: application/json',
    ...(headers ?? [`Content-Length: ${Buffer.byteLength(body, 'latin1')}`]),
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

export function chunked(body: string, end = '0\r\n\r\n'): string {
  return `${body.length.toString(16)}\r\n${body}\r\n${end}`;
}
