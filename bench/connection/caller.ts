import { connect, type Socket } from 'node:net';
import { createAnswerReader } from './answer-reader.ts';

export interface CallerAnswer {
  readonly status: number;
  readonly text: string;
}

export interface Caller {
  /** One request at a time. Rejects when the connection is refused, reset or closed before the answer is there. */
  call(): Promise<CallerAnswer>;
  close(): void;
}

interface Waiting {
  readonly resolve: (answer: CallerAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** Sends the same request over one keep-alive connection, which is opened anew whenever it is gone. */
export function createCaller(port: number, request: Buffer): Caller {
  let socket: Socket | undefined;
  let waiting: Waiting | undefined;

  function fail(from: Socket, error: Error): void {
    // A connection that was given up has nothing to do with the request on the next one.
    if (from !== socket) return;
    socket = undefined;
    from.destroy();
    const failed = waiting;
    waiting = undefined;
    failed?.reject(error);
  }

  function open(): Socket {
    const opened = connect({ port, host: '127.0.0.1', noDelay: true });
    const read = createAnswerReader(({ status, body }) => {
      const answered = waiting;
      waiting = undefined;
      answered?.resolve({ status, text: body.toString('utf8') });
    });
    opened.on('data', (chunk: Buffer) => {
      try {
        read(chunk);
      } catch (error) {
        fail(opened, error as Error);
      }
    });
    opened.on('error', (error) => fail(opened, error));
    opened.on('end', () => fail(opened, new Error('the server closed the connection')));
    opened.on('close', () => fail(opened, new Error('the connection was closed')));
    return opened;
  }

  return {
    call() {
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket ??= open();
        socket.write(request);
      });
    },
    close() {
      const last = socket;
      socket = undefined;
      last?.destroy();
    },
  };
}
