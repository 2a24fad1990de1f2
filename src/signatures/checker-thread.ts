/** Runs in a worker thread: the checker answers synchronously, and this thread is the one that waits. */
import { parentPort, workerData } from 'node:worker_threads';
import {
  endCalmly,
  type CheckerMessage,
  type CheckerQuestion,
  type CheckerThreadData,
} from './checker-messages.ts';
import { createDeriveSession } from './derive-session.ts';

const port = parentPort;
if (port === null) throw new Error('checker-thread: expected to run in a worker thread');

const send = (message: CheckerMessage): void => port.postMessage(message);
const session = createDeriveSession(workerData as CheckerThreadData, (pid) => send({ kind: 'process', pid }));

let served: readonly string[] = [];

port.on('message', (message: CheckerQuestion | typeof endCalmly) => {
  if (message === endCalmly) {
    session.close();
    // Its end has to be seen here: nobody else may wait for it, and it would be a zombie for as long as the service runs.
    setTimeout(() => port.close(), 1_000);
    return;
  }
  const { id, request } = message;
  served = request.served ?? served;
  try {
    send({ kind: 'derived', id, result: session.derive({ ...request, served }) });
  } catch (error) {
    send({ kind: 'failed', id, message: error instanceof Error ? error.message : String(error) });
  }
  session.settle();
});
