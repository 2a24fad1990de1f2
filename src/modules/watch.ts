import { clearTimeout, setTimeout } from 'node:timers';
import type { Worker } from 'node:worker_threads';
import type { LogPort } from '../contract/log-port.ts';
import { startThread } from '../threads/start-thread.ts';
import { createBursts } from './bursts.ts';
import type { WatchMessage, WatchRequest, WatchThreadData } from './watch-messages.ts';

export interface WatchOptions {
  /** Absolute. */
  readonly apisDir: string;
  readonly logs: LogPort;
  /** Called with the files of one burst of saves, or all when events may have been missed; they may have changed, or not. */
  readonly onTouched: (files: ReadonlySet<string> | 'all') => void;
  /** Called at once when a lone file may have changed, before `onTouched`. Default: nobody wants to know. */
  readonly onLone?: ((file: string) => void) | undefined;
}

export interface Watcher {
  /** Watches these files outside `apisDir`, and no others. */
  setOutsideFiles(files: readonly string[]): void;
  close(): Promise<void>;
}

/** A thread that fails at once, again and again, is not started faster than this. */
const restartMs = 1_000;

/** Watches the folder of modules in a thread; resolves when every event from now on is seen. */
export async function watch(options: WatchOptions): Promise<Watcher> {
  const { apisDir, logs, onTouched, onLone = () => {} } = options;
  const bursts = createBursts({ onBurst: onTouched, onLone });
  let outsideFiles: readonly string[] = [];
  let closed = false;
  let restart: NodeJS.Timeout | undefined;
  let thread: Worker;
  const fail = (err: unknown): void =>
    logs.error('the file watcher failed; /api/reload still works', { err });

  function start(onReady: () => void): Worker {
    const worker = startThread('watch-thread', import.meta.url, { apisDir } satisfies WatchThreadData);
    // A watcher alone is no reason for a process to go on.
    worker.unref();
    worker.on('message', (message: WatchMessage) => {
      if (message.kind === 'event') bursts.add(message);
      else if (message.kind === 'replaced') onTouched('all');
      else if (message.kind === 'failed') fail(message.error);
      else onReady();
    });
    worker.on('error', fail);
    worker.on('exit', () => {
      if (closed) return;
      onReady();
      restart = setTimeout(() => {
        thread = start(() => onTouched('all'));
        tellOutsideFiles();
      }, restartMs);
    });
    return worker;
  }

  const tellOutsideFiles = (): void => thread.postMessage({ outsideFiles } satisfies WatchRequest);

  await new Promise<void>((resolve) => {
    thread = start(resolve);
  });

  return {
    setOutsideFiles(files) {
      if (files.length === outsideFiles.length && files.every((file, at) => file === outsideFiles[at]))
        return;
      outsideFiles = files;
      tellOutsideFiles();
    },
    async close() {
      closed = true;
      clearTimeout(restart);
      bursts.close();
      await thread.terminate();
    },
  };
}
