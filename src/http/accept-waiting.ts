import type { Server } from 'node:net';

/** Milliseconds; when connections never stop coming, some of them are lost in the end. */
const atMost = 1_000;

/**
 * Resolves in the moment when no connection waits to be accepted. A socket that is closed resets those that do,
 * and libuv accepts only one in each turn of the event loop.
 */
export async function acceptWaiting(server: Server): Promise<void> {
  const until = performance.now() + atMost;
  let accepted = false;
  const onConnection = (): void => {
    accepted = true;
  };
  server.on('connection', onConnection);
  do {
    accepted = false;
    await new Promise((resolve) => setImmediate(resolve));
  } while (accepted && performance.now() < until);
  server.off('connection', onConnection);
}
