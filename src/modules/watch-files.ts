import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { watch as watchPaths, type FSWatcher } from 'chokidar';
import { isIgnoredSegment } from './served-files.ts';
import { sharedNow } from './shared-now.ts';
import { isLoadable } from './transpile.ts';
import type { WatchMessage } from './watch-messages.ts';

export interface FileWatcher {
  /** Watches these files outside `apisDir`, and no others. */
  setOutsideFiles(files: readonly string[]): void;
}

/** By then, chokidar watches a folder that it has met. */
const newFolderMs = 300;

/** Watches the folder of modules, in the calling thread, and tells of every event. */
export async function watchFiles(
  apisDir: string,
  send: (message: WatchMessage) => void,
): Promise<FileWatcher> {
  function tell(file: string, raw: boolean): void {
    // Whatever else lies there (data, pipes) is not even read.
    if (isLoadable(file)) send({ kind: 'event', file, raw, at: sharedNow() });
  }

  /** A new folder is read once by chokidar; files that come while it reads are seen by nobody. */
  function onNewFolder(folder: string): void {
    const look = async (): Promise<void> => {
      const names = await readdir(folder, { recursive: true }).catch(() => []);
      for (const name of names) {
        const file = join(folder, name);
        if (!isIgnored(relative(apisDir, file))) tell(file, true);
      }
    };
    setTimeout(() => void look(), newFolderMs).unref();
  }

  const listen = (watcher: FSWatcher): void => {
    for (const event of ['add', 'change', 'unlink'] as const) watcher.on(event, (file) => tell(file, false));
    watcher.on('addDir', onNewFolder);
    // What the system reports, before chokidar has looked through the folder: the way of a lone save.
    watcher.on('raw', (_event, name, details) => {
      const file = rawFile(name, (details as RawDetails).watchedPath);
      if (!isIgnored(relative(apisDir, file))) tell(file, true);
    });
    watcher.on('error', (error) => send({ kind: 'failed', error }));
  };
  const outside: FSWatcher = watchPaths([], { ignoreInitial: true, atomic: 30 });
  listen(outside);
  await watchFolder(apisDir, listen, () => send({ kind: 'replaced' }));
  let outsideFiles = new Set<string>();
  return {
    setOutsideFiles(files) {
      const next = new Set(files);
      outside.add([...next].filter((file) => !outsideFiles.has(file)));
      outside.unwatch([...outsideFiles].filter((file) => !next.has(file)));
      outsideFiles = next;
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
): Promise<void> {
  let identity = await identityOf(apisDir);
  let watcher = await open();

  async function open(): Promise<FSWatcher> {
    const opened = watchPaths(apisDir, {
      ignored: (path) => path !== apisDir && isIgnored(relative(apisDir, path)),
      ignoreInitial: true,
      atomic: 30,
    });
    listen(opened);
    // What is moved away and back is the same folder, but chokidar has let go of it.
    opened.on('unlinkDir', (path) => {
      if (path === apisDir) identity = undefined;
    });
    await new Promise<void>((resolve) => {
      opened.once('ready', () => resolve());
    });
    return opened;
  }

  async function look(): Promise<void> {
    const now = await identityOf(apisDir);
    if (now === undefined) identity = undefined;
    else if (now !== identity) {
      identity = now;
      await watcher.close();
      watcher = await open();
      onReplaced();
    }
    schedule();
  }

  function schedule(): void {
    setTimeout(() => void look(), lookAtFolderMs);
  }

  schedule();
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
