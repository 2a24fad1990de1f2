import fs, { type FSWatcher, type StatWatcher } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { noteBelonging } from './module-scope.ts';

/** Watchers of `fs.watch` and `fs.watchFile`. */
export function watchFileWatchers(): void {
  const { watch, watchFile } = fs;
  fs.watch = function (this: unknown, ...args: unknown[]): FSWatcher {
    const watcher = Reflect.apply(watch, this, args) as FSWatcher;
    let open = true;
    watcher.once('close', () => (open = false));
    noteBelonging({
      kind: 'watcher',
      describe: () => `watcher of ${String(args[0])}`,
      isLeft: () => open,
    });
    return watcher;
  };
  fs.watchFile = function (this: unknown, ...args: unknown[]): StatWatcher {
    const watcher = Reflect.apply(watchFile, this, args) as StatWatcher;
    noteBelonging({
      kind: 'watcher',
      describe: () => `watcher of ${String(args[0])}`,
      isLeft: () => watcher.listenerCount('change') > 0,
    });
    return watcher;
  };
  // So that `import { watch } from 'node:fs'` gives these too.
  syncBuiltinESMExports();
}
