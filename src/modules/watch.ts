import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { watch as watchFiles, type FSWatcher } from 'chokidar';
import type { LogPort } from '../contract/log-port.ts';
import { isIgnoredSegment } from './served-files.ts';
import { isLoadable } from './transpile.ts';

export interface WatchOptions {
  /** Absolute. */
  readonly apisDir: string;
  readonly logs: LogPort;
  /** Called with the files of one burst of saves, or all after `apisDir` itself was replaced; they may have changed, or not. */
  readonly onTouched: (files: ReadonlySet<string> | 'all') => void;
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

/** By then, chokidar watches a folder that it has met. */
const newFolderMs = 300;

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

  /** A new folder is read once by chokidar; files that come while it reads are seen by nobody. */
  function onNewFolder(folder: string): void {
    const look = async (): Promise<void> => {
      const names = await readdir(folder, { recursive: true }).catch(() => []);
      for (const name of names) {
        const file = join(folder, name);
        if (isLoadable(file) && !isIgnored(relative(apisDir, file))) touch(file);
      }
    };
    setTimeout(() => void look(), newFolderMs).unref();
  }

  const outside: FSWatcher = watchFiles([], { ignoreInitial: true, atomic: 30 });
  const listen = (each: FSWatcher): void => {
    for (const event of ['add', 'change', 'unlink'] as const) each.on(event, onEvent);
    each.on('addDir', onNewFolder);
    // What the system reports, before chokidar has looked through the folder: the way of a lone save.
    each.on('raw', (_event, name, details) => {
      const file = rawFile(name, (details as RawDetails).watchedPath);
      if (isLoadable(file) && !isIgnored(relative(apisDir, file))) touch(file);
    });
    each.on('error', (err) => logs.error('the file watcher failed; /api/reload still works', { err }));
  };
  listen(outside);
  const folder = await watchFolder(apisDir, listen, () => options.onTouched('all'));
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
      await Promise.all([folder.close(), outside.close()]);
    },
  };
}

interface RawDetails {
  readonly watchedPath: string;
}

/** chokidar watches folders and the files in them; both report a file's name alone. */
function rawFile(name: string | null, watchedPath: string): string {
  return name === null || basename(watchedPath) === name ? watchedPath : join(watchedPath, name);
}

/** A folder that was replaced is noticed after this. */
const lookAtFolderMs = 1_000;

/**
 * Watches what is at the folder's path, also after the folder was deleted and made anew, renamed, or its link
 * turned to another: the operating system goes on telling of the old one.
 */
async function watchFolder(
  apisDir: string,
  listen: (watcher: FSWatcher) => void,
  onReplaced: () => void,
): Promise<{ close(): Promise<void> }> {
  let closed = false;
  let identity = await identityOf(apisDir);
  let watcher = await open();

  async function open(): Promise<FSWatcher> {
    const opened = watchFiles(apisDir, {
      ignored: (path) => path !== apisDir && isIgnored(relative(apisDir, path)),
      ignoreInitial: true,
      atomic: 30,
    });
    listen(opened);
    await new Promise<void>((resolve) => {
      opened.once('ready', () => resolve());
    });
    return opened;
  }

  async function look(): Promise<void> {
    const now = await identityOf(apisDir);
    if (now !== undefined && now !== identity && !closed) {
      identity = now;
      await watcher.close();
      watcher = await open();
      if (closed) await watcher.close();
      else onReplaced();
    }
    schedule();
  }

  function schedule(): void {
    if (!closed) setTimeout(() => void look(), lookAtFolderMs).unref();
  }

  schedule();
  return {
    async close() {
      closed = true;
      await watcher.close();
    },
  };
}

/** Undefined while there is no such folder. */
async function identityOf(folder: string): Promise<string | undefined> {
  const found = await stat(folder).catch(() => undefined);
  // The number alone may be given again to the folder that is made next.
  return found?.isDirectory() === true ? `${found.dev}:${found.ino}:${found.birthtimeMs}` : undefined;
}

/** Editors' backups and swap files come and go beside the files that matter. */
const editorFile = /(?:~|\.(?:swp|swx|swo|tmp|bak|orig|crdownload))$|^\d{4,}$|^#.*#$/;

function isIgnored(path: string): boolean {
  const segments = path.split(sep);
  return segments.some(isIgnoredSegment) || editorFile.test(segments.at(-1) ?? '');
}
