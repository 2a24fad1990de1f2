import { clearTimeout, setTimeout } from 'node:timers';
import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface LineCacheOptions {
  /** Absolute path of a file of JSON lines, made with its folder when missing; undefined keeps nothing. */
  readonly path: string | undefined;
  /** What entries depend on beside their name, such as versions and settings: those of another key are dropped. */
  readonly key: string;
  /** The file cannot be written: its entries are missing at the next start. */
  readonly onProblem: (error: unknown) => void;
  /** Who may read the file, as `chmod` has it. Default: as the process is set up. */
  readonly mode?: number;
}

/** Entries by name that outlive the process, for what can be worked out anew. */
export interface LineCache<Entry> {
  get(name: string): Entry | undefined;
  /** Written a moment later. */
  set(name: string, entry: Entry): void;
  /** Forgets all others. */
  retain(names: ReadonlySet<string>): void;
  /** Writes what is not written yet. */
  flush(): Promise<void>;
}

/** A line of the file; the first one has the key, later ones take the place of earlier ones. */
type Line<Entry> =
  | { readonly key: string }
  | { readonly name: string; /** Null for one that is gone. */ readonly entry: Entry | null };

const writeDelayMs = 500;

/** The file is written anew when it has more lines than this, and twice as many as it needs. */
const fewLines = 200;

/** Reads what an earlier process kept; a missing or damaged file is an empty cache. */
export async function openLineCache<Entry>(options: LineCacheOptions): Promise<LineCache<Entry>> {
  const { path, key, onProblem, mode } = options;
  const { entries, lines, isSound } = await readEntries<Entry>(options);
  const unwritten = new Set<string>();
  let written = lines;
  let isWritable = isSound;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    if (unwritten.size === 0 || path === undefined) return;
    const names = [...unwritten];
    unwritten.clear();
    const isWaste = written + names.length > Math.max(fewLines, 2 * entries.size);
    try {
      if (isWritable && !isWaste) {
        // One write, so that a crash leaves no more than one torn line, at the end.
        await appendFile(path, linesOf(names));
        written += names.length;
        return;
      }
      await mkdir(dirname(path), { recursive: true });
      // A crash in the middle leaves the old file, or none, but never half of one.
      const draft = `${path}.${process.pid}.tmp`;
      const first = JSON.stringify({ key } satisfies Line<Entry>);
      await writeFile(draft, `${first}\n${linesOf(entries.keys())}`, { mode });
      await rename(draft, path);
      written = entries.size;
      isWritable = true;
    } catch (error) {
      isWritable = false;
      onProblem(error);
    }
  }

  function linesOf(names: Iterable<string>): string {
    let text = '';
    for (const name of names) {
      const line: Line<Entry> = { name, entry: entries.get(name) ?? null };
      text += `${JSON.stringify(line)}\n`;
    }
    return text;
  }

  function writeNow(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(write);
    return writing;
  }

  function changed(name: string): void {
    if (path === undefined) return;
    unwritten.add(name);
    timer ??= setTimeout(() => void writeNow(), writeDelayMs);
    timer.unref();
  }

  return {
    get: (name) => entries.get(name),
    set(name, entry) {
      entries.set(name, entry);
      changed(name);
    },
    retain(names) {
      for (const name of entries.keys()) {
        if (names.has(name)) continue;
        entries.delete(name);
        changed(name);
      }
    },
    flush: writeNow,
  };
}

interface CacheContent<Entry> {
  readonly entries: Map<string, Entry>;
  readonly lines: number;
  /** Whether lines can be added to the file as it is. */
  readonly isSound: boolean;
}

async function readEntries<Entry>({ path, key }: LineCacheOptions): Promise<CacheContent<Entry>> {
  const entries = new Map<string, Entry>();
  const text = path === undefined ? '' : await readFile(path, 'utf8').catch(() => '');
  const [first = '', ...lines] = text.split('\n');
  if (first !== JSON.stringify({ key })) return { entries, lines: 0, isSound: false };
  let isSound = lines.pop() === '';
  for (const line of lines) {
    try {
      const { name, entry } = JSON.parse(line) as { name: string; entry: Entry | null };
      if (entry === null) entries.delete(name);
      else entries.set(name, entry);
    } catch {
      isSound = false;
    }
  }
  return { entries, lines: lines.length, isSound };
}
