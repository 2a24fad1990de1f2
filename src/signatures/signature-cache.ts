import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { openLineCache, type LineCacheOptions } from '../storage/line-cache.ts';
import type { FileSignatures } from './signature-checker.ts';

/** What was derived from a file, with the content of everything that it was derived from. */
interface CacheEntry {
  /** By file, its own first; null for a file that did not exist. */
  readonly hashes: Readonly<Record<string, string | null>>;
  /** Whether type errors were looked for. */
  readonly typesChecked: boolean;
  readonly signatures: FileSignatures;
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
 * `texts` has what is being loaded, or undefined for what counts as gone.
 */
export function createHashes(texts: ReadonlyMap<string, string | undefined>, since: number): HashOf {
  const hashes = new Map<string, Promise<string | null>>();
  return (file) => {
    let hash = hashes.get(file);
    if (hash === undefined)
      hashes.set(file, (hash = texts.has(file) ? hashOf(texts.get(file)) : readHash(file, since)));
    return hash;
  };
}

/** Reads what an earlier process derived. */
export async function openSignatureCache(options: LineCacheOptions): Promise<SignatureCache> {
  const entries = await openLineCache<CacheEntry>(options);

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
    },
    retain: (files) => entries.retain(files),
    flush: () => entries.flush(),
  };
}

/** Its own file is looked at first: after a save it is another, and nothing has to be read to know. */
async function isCurrent({ hashes }: CacheEntry, hashOf: HashOf): Promise<boolean> {
  const [own, ...others] = Object.entries(hashes);
  const isSame = async ([file, hash]: readonly [string, string | null]): Promise<boolean> =>
    (await hashOf(file)) === hash;
  if (own !== undefined && !(await isSame(own))) return false;
  return (await Promise.all(others.map(isSame))).every(Boolean);
}

function hashOf(text: string | undefined): Promise<string | null> {
  return Promise.resolve(text === undefined ? null : hashOfText(text));
}

async function readHash(file: string, since: number): Promise<string | null> {
  try {
    // Whoever reads a pipe waits for its writer, perhaps for ever.
    if (!(await stat(file)).isFile()) return null;
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
