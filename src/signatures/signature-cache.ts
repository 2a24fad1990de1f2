import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FileSignatures } from './signature-checker.ts';

/** What was derived from a file, with the content of everything that it was derived from. */
interface CacheEntry {
  /** By file, its own first; null for a file that did not exist. */
  readonly hashes: Readonly<Record<string, string | null>>;
  /** Whether type errors were looked for. */
  readonly typesChecked: boolean;
  readonly signatures: FileSignatures;
}

interface CacheFile {
  /** What else results depend on; entries of another one are dropped. */
  readonly key: string;
  readonly entries: Readonly<Record<string, CacheEntry>>;
}

export interface SignatureCache {
  /** What was derived from `file` when it and all that it depends on had the content that they have now. */
  find(file: string, hashOf: HashOf, typesChecked: boolean): Promise<FileSignatures | undefined>;
  /** Keeps a result; it is written a moment later. */
  keep(file: string, signatures: FileSignatures, about: Derivation): Promise<void>;
  /** Forgets all files but these. */
  retain(files: ReadonlySet<string>): void;
  /** Writes what is not written yet. */
  flush(): Promise<void>;
}

/** How a result came about. */
export interface Derivation {
  readonly hashOf: HashOf;
  readonly typesChecked: boolean;
}

/** The hash of a file's content, null for a file that does not exist. */
export type HashOf = (file: string) => Promise<string | null>;

/**
 * Hashes for one request that began at `since` (of `Date.now()`): each file is read once, and not at all where
 * `texts` has what is being loaded.
 */
export function createHashes(texts: ReadonlyMap<string, string>, since: number): HashOf {
  const hashes = new Map<string, Promise<string | null>>();
  return (file) => {
    let hash = hashes.get(file);
    if (hash === undefined) hashes.set(file, (hash = readHash(file, texts.get(file), since)));
    return hash;
  };
}

export interface SignatureCacheOptions {
  /** Absolute path of a JSON file, made with its folder when missing; undefined keeps nothing. */
  readonly path: string | undefined;
  /** Versions and settings that results depend on. */
  readonly key: string;
  /** The file cannot be written: results are derived anew at the next start. */
  readonly onProblem: (error: unknown) => void;
}

const writeDelayMs = 500;

/** Reads what an earlier process derived; a missing or damaged file is an empty cache. */
export async function openSignatureCache(options: SignatureCacheOptions): Promise<SignatureCache> {
  const entries = new Map(Object.entries(await readEntries(options)));
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let dirty = false;

  async function write(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    if (!dirty || options.path === undefined) return;
    dirty = false;
    const content: CacheFile = { key: options.key, entries: Object.fromEntries(entries) };
    try {
      await mkdir(dirname(options.path), { recursive: true });
      // A crash in the middle leaves the old file, or none, but never half of one.
      const draft = `${options.path}.${process.pid}.tmp`;
      await writeFile(draft, JSON.stringify(content));
      await rename(draft, options.path);
    } catch (error) {
      options.onProblem(error);
    }
  }

  function changed(): void {
    dirty = true;
    timer ??= setTimeout(() => {
      writing = write();
    }, writeDelayMs);
    timer.unref();
  }

  return {
    async find(file, hashOf, typesChecked) {
      const entry = entries.get(file);
      if (typesChecked && entry?.typesChecked !== true) return undefined;
      return entry !== undefined && (await isCurrent(entry, hashOf)) ? entry.signatures : undefined;
    },
    async keep(file, signatures, { hashOf, typesChecked }) {
      const files = [file, ...signatures.dependencies.filter((dependency) => dependency !== file)];
      const hashes = await Promise.all(files.map(async (at) => [at, await hashOf(at)] as const));
      entries.set(file, { hashes: Object.fromEntries(hashes), typesChecked, signatures });
      changed();
    },
    retain(files) {
      for (const file of entries.keys()) {
        if (files.has(file)) continue;
        entries.delete(file);
        changed();
      }
    },
    async flush() {
      await writing;
      await write();
    },
  };
}

async function readEntries({ path, key }: SignatureCacheOptions): Promise<CacheFile['entries']> {
  if (path === undefined) return {};
  try {
    const content = JSON.parse(await readFile(path, 'utf8')) as CacheFile;
    return content.key === key ? content.entries : {};
  } catch {
    return {};
  }
}

async function isCurrent({ hashes }: CacheEntry, hashOf: HashOf): Promise<boolean> {
  const checks = Object.entries(hashes).map(async ([file, hash]) => (await hashOf(file)) === hash);
  return (await Promise.all(checks)).every(Boolean);
}

async function readHash(file: string, known: string | undefined, since: number): Promise<string | null> {
  if (known !== undefined) return hashOfText(known);
  try {
    const text = await readFile(file, 'utf8');
    // Nobody knows which version the checker has read of a file that was written meanwhile.
    return (await stat(file)).ctimeMs < since ? hashOfText(text) : `written since ${since}`;
  } catch {
    return null;
  }
}

function hashOfText(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
