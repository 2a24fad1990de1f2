import { stat } from 'node:fs/promises';

export interface ScanOptions {
  /** Seconds from one look to the next; 0: none. Asked anew each time. */
  readonly interval: () => number;
  /** All files that matter: those on disk, and those that serve. */
  readonly files: () => Promise<Iterable<string>>;
  /** Called with files that may have changed since the last look; their content tells. */
  readonly onTouched: (files: ReadonlySet<string>) => void;
}

export interface Scan {
  close(): void;
}

/** How often a scan that is off is asked whether it is on again. Seconds. */
const offInterval = 30;

/** Files are looked at in parts, so that calls go on in between. */
const looksAtOnce = 64;

/**
 * Finds what the watcher was not told of: overflown queues of events, network disks, links that were turned
 * outside the folder. Each look asks only for size and times; what differs from the look before is passed on
 * to be read. The first look passes on everything.
 */
export function startScan(options: ScanOptions): Scan {
  const known = new Map<string, string>();
  let timer: NodeJS.Timeout;
  let closed = false;

  async function look(): Promise<void> {
    const files = [...new Set(await options.files())];
    const touched = new Set<string>();
    for (let at = 0; at < files.length; at += looksAtOnce) {
      await Promise.all(
        files.slice(at, at + looksAtOnce).map(async (file) => {
          // Taken before the file is read, so that what is written later differs from it.
          const state = await stateOf(file);
          if (known.get(file) !== state) touched.add(file);
          known.set(file, state);
        }),
      );
    }
    const present = new Set(files);
    for (const file of known.keys()) if (!present.has(file)) known.delete(file);
    if (touched.size > 0 && !closed) options.onTouched(touched);
  }

  function schedule(): void {
    const seconds = options.interval();
    timer = setTimeout(
      () => {
        // A folder that cannot be read is told of by whoever has to read it.
        const work = seconds === 0 ? Promise.resolve() : look().catch(() => {});
        void work.then(() => {
          if (!closed) schedule();
        });
      },
      (seconds || offInterval) * 1000,
    ).unref();
  }

  schedule();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

/** Not only `mtime`, which tools may set to anything. */
async function stateOf(file: string): Promise<string> {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  return found === undefined
    ? 'gone'
    : `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`;
}
