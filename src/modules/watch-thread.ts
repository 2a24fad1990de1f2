/** Runs in a worker thread: after each event chokidar looks through the whole folder, and no call waits for that. */
import { parentPort, workerData } from 'node:worker_threads';
import { watchFiles } from './watch-files.ts';
import type { WatchMessage, WatchRequest, WatchThreadData } from './watch-messages.ts';

const port = parentPort;
if (port === null) throw new Error('watch-thread: expected to run in a worker thread');

const { apisDir } = workerData as WatchThreadData;
const send = (message: WatchMessage): void => port.postMessage(message);
const watcher = await watchFiles(apisDir, send);
port.on('message', ({ outsideFiles }: WatchRequest) => watcher.setOutsideFiles(outsideFiles));
send({ kind: 'ready' });
