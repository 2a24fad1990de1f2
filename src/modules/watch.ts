import { relative, sep } from 'node:path';
import { watch as watchFiles, type FSWatcher } from 'chokidar';
import type { LogPort } from '../contract/log-port.ts';
import { isIgnoredSegment } from './served-files.ts';
import { isLoadable } from './transpile.ts';

export interface WatchOptions {
  /** Absolute. */
  readonly apisDir: string;
  readonly logs: LogPort;
  /** Called with the files of one burst of saves; they may have changed, or not. */
  readonly onTouched: (files: ReadonlySet<string>) => void;
}

export interface Watcher {
  /** Watches these files outside `apisDir`, and no others. */
  setOutsideFiles(files: readonly string[]): void;
  close(): Promise<void>;
}

/** A lone save is passed on after this pause; a burst, such as a branch switch, only when it is over. */
const loneQuietMs = 2;
const burstQuietMs = 25;
/** A burst that never ends, such as of files that a program keeps writing, is passed on in parts. */
const longestBurstMs = 250;
/**
 * chokidar drops a change that comes within 50 ms after another of the same file: each file is looked at once
 * more, later than that. Where nothing changed, its content tells.
 */
const secondLookMs = 70;

/** Watches the folder of modules; resolves when every event from now on is seen. */
export async function watch(options: WatchOptions): Promise<Watcher> {
  const { apisDir, logs } = options;
  const burst = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let begun = 0;
  const secondLooks = new Map<string, NodeJS.Timeout>();

  function pass(): void {
    const files = new Set(burst);
    burst.clear();
    options.onTouched(files);
  }

  function touch(file: string): void {
    if (burst.size === 0) begun = performance.now();
    burst.add(file);
    clearTimeout(timer);
    const left = Math.max(0, begun + longestBurstMs - performance.now());
    timer = setTimeout(pass, Math.min(left, burst.size > 1 ? burstQuietMs : loneQuietMs));
  }

  function onEvent(file: string): void {
    // Whatever else lies there (data, pipes) is not even read.
    if (!isLoadable(file)) return;
    touch(file);
    clearTimeout(secondLooks.get(file));
    const look = setTimeout(() => {
      secondLooks.delete(file);
      touch(file);
    }, secondLookMs);
    secondLooks.set(file, look);
  }

  const watcher = watchFiles(apisDir, {
    ignored: (path) => path !== apisDir && isIgnored(relative(apisDir, path)),
    ignoreInitial: true,
    atomic: 30,
  });
  const outside: FSWatcher = watchFiles([], { ignoreInitial: true, atomic: 30 });
  for (const each of [watcher, outside]) {
    for (const event of ['add', 'change', 'unlink'] as const) each.on(event, onEvent);
    each.on('error', (err) => logs.error('the file watcher failed; /api/reload still works', { err }));
  }
  await new Promise<void>((resolve) => {
    watcher.once('ready', () => resolve());
  });
  let outsideFiles = new Set<string>();

  return {
    setOutsideFiles(files) {
      const next = new Set(files);
      outside.add([...next].filter((file) => !outsideFiles.has(file)));
      outside.unwatch([...outsideFiles].filter((file) => !next.has(file)));
      outsideFiles = next;
    },
    async close() {
      clearTimeout(timer);
      for (const look of secondLooks.values()) clearTimeout(look);
      await Promise.all([watcher.close(), outside.close()]);
    },
  };
}

/** Editors' backups and swap files come and go beside the files that matter. */
const editorFile = /(?:~|\.(?:swp|swx|swo|tmp|bak|orig|crdownload))$|^\d{4,}$|^#.*#$/;

function isIgnored(path: string): boolean {
  const segments = path.split(sep);
  return segments.some(isIgnoredSegment) || editorFile.test(segments.at(-1) ?? '');
}
