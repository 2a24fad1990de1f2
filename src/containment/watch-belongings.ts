import type { EventEmitter } from 'node:events';
import { watchChannels } from './watch-channels.ts';
import { watchFileWatchers } from './watch-file-watchers.ts';
import { watchNetwork } from './watch-network.ts';
import { noteBelonging } from './module-scope.ts';

/**
 * From now on, what served files add to the process, or open, is noted for the file that does it, so that
 * what they leave behind can be named. Costs nothing where nothing of it happens; a noted thing costs a look
 * at the stack. For the life of the process; to be called once.
 */
export function watchBelongings(): void {
  watchListeners(process, 'process');
  watchListeners(process.stdout, 'process.stdout');
  watchListeners(process.stderr, 'process.stderr');
  watchNetwork();
  watchFileWatchers();
  watchChannels();
}

function watchListeners(emitter: EventEmitter, name: string): void {
  emitter.on('newListener', (event: string | symbol, listener: (...args: unknown[]) => void) => {
    // `console` adds one of these, and takes it away, with each line.
    if (event === 'error') return;
    noteBelonging({
      kind: 'listener',
      describe: () => `listener of ${name} for '${String(event)}'`,
      isLeft: () => emitter.listeners(event).includes(listener),
      remove: () => void emitter.removeListener(event, listener),
    });
  });
}
