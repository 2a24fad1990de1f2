import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface RawConnection {
  readonly socket: Socket;
  send(text: string | Uint8Array): void;
  /** The next whole answer (by `Content-Length`; one without has no body). */
  read(): Promise<RawAnswer>;
  /** Resolves when the server has closed. */
  readonly closed: Promise<void>;
}

/** A connection on which the test writes HTTP itself. */
export async function openConnection(port: number): Promise<RawConnection> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  let received = '';
  let wake = (): void => {};
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    received += chunk;
    wake();
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  let isClosed = false;
  void closed.then(() => {
    isClosed = true;
    wake();
  });
  return {
    socket,
    closed,
    send: (text) => void socket.write(text),
    async read() {
      for (;;) {
        const answer = parse(received);
        if (answer !== undefined) {
          received = answer.rest;
          return answer;
        }
        if (isClosed) throw new Error(`the connection closed, with this received: ${received}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

function parse(received: string): (RawAnswer & { rest: string }) | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [statusLine = '', ...lines] = received.slice(0, end).split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const rest = Buffer.from(received.slice(end + 4));
  const length = Number(headers['content-length'] ?? 0);
  const interim = statusLine.includes(' 100 ');
  if (!interim && rest.length < length) return undefined;
  const bodyLength = interim ? 0 : length;
  return {
    status: Number(statusLine.split(' ')[1]),
    headers,
    text: rest.subarray(0, bodyLength).toString(),
    rest: rest.subarray(bodyLength).toString(),
  };
}
