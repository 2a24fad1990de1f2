import { createServer } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '../contract/api-error.ts';
import { acceptWaiting } from './accept-waiting.ts';
import { failureAnswer } from './answer.ts';
import { readWaiting } from './read-waiting.ts';
import { resolveRequestId } from './request-id.ts';
import type { ListeningHandle } from './server.ts';
import { writeAnswer } from './write-answer.ts';

/** Milliseconds without a new connection after which nobody is on the way any more, and how long to wait for that. */
const quietFor = 50;
const quietWithin = 1_000;
/** Milliseconds that a client gets to send its request and to take its answer. */
const patience = 1_000;

export interface FarewellServer {
  /** Waits for a quiet moment, then closes the socket. */
  close(): Promise<void>;
}

/**
 * Accepts what nobody else accepts any more, and answers it 503 `SHUTTING_DOWN`: connections that are on their
 * way when a busy process closes its socket would be reset.
 */
export async function startFarewellServer(
  handle: ListeningHandle,
  generation: number,
): Promise<FarewellServer> {
  let lastAt = performance.now();
  const server = createServer((incoming, outgoing) => {
    const startedAt = performance.now();
    const { url = '', headers } = incoming;
    const sent = headers['x-request-id'];
    const requestId = resolveRequestId(typeof sent === 'string' ? sent : undefined);
    const error = new ApiError('SHUTTING_DOWN', 'The service is shutting down and takes no new calls');
    const endpoint = url.split('?', 1)[0] ?? '';
    const answer = failureAnswer(error, { endpoint, requestId, debug: false });
    const own = {
      'x-request-id': requestId,
      'x-process-time': ((performance.now() - startedAt) / 1000).toFixed(6),
      'x-generation': String(generation),
      connection: 'close',
    };
    // A connection that is closed with something unread in it is reset.
    incoming.on('end', () => writeAnswer(outgoing, { ...answer, headers: { ...answer.headers, ...own } }));
    incoming.resume();
  });
  server.on('connection', () => (lastAt = performance.now()));
  server.on('clientError', (_, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(handle, resolve));
  return {
    async close() {
      // However busy this process was until now: a few turns of the event loop in any case.
      lastAt = performance.now();
      const until = lastAt + quietWithin;
      while (performance.now() < Math.min(until, lastAt + quietFor)) await sleep(quietFor / 5);
      await acceptWaiting(server);
      const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
      await Promise.race([closed, sleep(patience)]);
      await readWaiting();
      server.closeAllConnections();
      server.close();
    },
  };
}
