import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '../contract/api-error.ts';
import type { ReloadReason } from '../registry/reload-report.ts';
import { hashOf, type Disk, type Found } from './disk.ts';
import type { LiveModules } from './live-modules.ts';
import { LoadProblem } from './load-problem.ts';
import type { Touched } from './reload-queue.ts';
import { isServedFile } from './served-files.ts';
import { readText, readTextNow, type FileText } from './source-file.ts';
import type { Unfinished } from './unfinished.ts';

/** How the disk differs from what is live. */
export interface Changes {
  /** Files of the module graph: new text, why it cannot be read, or undefined when the file is gone. */
  readonly files: ReadonlyMap<string, Found>;
  /** Files that are imported for their types alone. */
  readonly types: ReadonlyMap<string, FileText | undefined>;
  /** Those of `files` whose content has not been tried yet; others are carried over from a reload that failed. */
  readonly fresh: ReadonlySet<string>;
  /** A file came into being that nothing live imports: an import that was missing may be found now. */
  readonly filesAppeared: boolean;
  /** Files that were emptied a moment ago, left out of the rest; to be looked at again after `lookAgainMs`. */
  readonly halfWritten: ReadonlySet<string>;
}

export interface ChangesOptions {
  readonly touched: Touched;
  readonly reason: ReloadReason;
  readonly apisDir: string;
  readonly disk: Disk;
  readonly live: LiveModules;
  readonly unfinished: Pick<Unfinished, 'pending' | 'missingImports'>;
}

/** An editor that deletes and writes anew is not to take a module off the air in between. */
const unlinkGraceMs = 100;

/**
 * Most programs truncate a file, then write it; on a busy disk a second may lie in between. A file that was
 * emptied this recently is taken for half-written, and its last version stays.
 */
export const lookAgainMs = 2_000;

/** So many files are read at once, without leaving the event loop. */
const readAtOnce = 4;

/** Reads what may have changed and compares it, by content, with what is live. */
export async function readChanges(options: ChangesOptions): Promise<Changes> {
  const { live, touched, apisDir } = options;
  const { pending, missingImports } = options.unfinished;
  const read = await readCandidates(options);
  const halfWritten = await takeHalfWritten(read, live);
  const files = new Map<string, Found>();
  const types = new Map<string, FileText | undefined>();
  let filesAppeared = false;
  for (const [file, found] of read) {
    const source = live.sourceOf(file);
    const served = isServedFile(file, apisDir);
    const isModule = served || source !== undefined || pending.has(file) || live.graph.isImported(file);
    const hash = hashOf(found);
    if (isModule) {
      const gone = found === undefined && source === undefined && !pending.has(file);
      const isLive = source !== undefined && (!served || live.served.has(file)) && !pending.has(file);
      const same = isLive && hash === source.hash;
      if (!gone && !same) files.set(file, found);
    } else if (live.typeFiles.has(file) || options.disk.held.has(file)) {
      if (hash !== live.typeFiles.get(file))
        types.set(file, hash === undefined ? undefined : (found as FileText));
    }
    filesAppeared ||= hash !== undefined && source === undefined && !pending.has(file);
  }
  const isFresh = (file: string, found: Found): boolean => {
    if (touched !== 'all' && !touched.has(file)) return false;
    const tried = pending.get(file);
    // What cannot be read has no content to tell by: its reason may be another than before.
    if (tried === undefined || found instanceof LoadProblem) return true;
    return tried.hash !== hashOf(found) || missingImports.has(file);
  };
  const fresh = new Set([...files].flatMap(([file, found]) => (isFresh(file, found) ? [file] : [])));
  return { files, types, fresh, filesAppeared, halfWritten };
}

async function readCandidates(options: ChangesOptions): Promise<Map<string, Found>> {
  const { live, touched, apisDir, reason, disk } = options;
  const candidates = new Set(options.unfinished.pending.keys());
  if (touched === 'all') {
    for (const file of await listOrRefuse(disk, apisDir)) candidates.add(file);
    for (const file of [...live.instances.keys(), ...live.served.keys(), ...live.typeFiles.keys()])
      candidates.add(file);
    for (const file of disk.held.keys()) candidates.add(file);
  } else {
    for (const file of touched) candidates.add(file);
  }
  const read = candidates.size <= readAtOnce ? readTextNow : readText;
  const found = new Map(
    await Promise.all([...candidates].map(async (file) => [file, await disk.read(file, read)] as const)),
  );
  const gone = [...found].flatMap(([file, text]) =>
    text === undefined && live.sourceOf(file) !== undefined ? [file] : [],
  );
  if (reason === 'save' && gone.length > 0) {
    await sleep(unlinkGraceMs);
    await Promise.all(gone.map(async (file) => found.set(file, await disk.read(file))));
  }
  // A disk that is not mounted any more takes no module off the air.
  if (gone.some((file) => found.get(file) === undefined)) await listOrRefuse(disk, apisDir);
  return found;
}

/** @throws ApiError RELOAD_FAILED when the folder itself cannot be read */
async function listOrRefuse(disk: Disk, apisDir: string): Promise<string[]> {
  try {
    return await disk.list(apisDir);
  } catch (error) {
    throw new ApiError(
      'RELOAD_FAILED',
      `apisDir '${apisDir}' cannot be read (${(error as Error).message}); what served before goes on serving: ` +
        'bring the folder back, and it is read again by itself',
      { cause: error },
    );
  }
}

/** Takes out of `read` what was emptied a moment ago and had content before. */
async function takeHalfWritten(read: Map<string, Found>, live: LiveModules): Promise<Set<string>> {
  const halfWritten = new Set<string>();
  for (const [file, found] of read) {
    const before = live.sourceOf(file)?.hash ?? live.typeFiles.get(file);
    if (found === undefined || !('text' in found) || found.text !== '') continue;
    if (before === undefined || before === found.hash) continue;
    // Not `mtime`, which tools may set to anything.
    const changed = (await stat(file).catch(() => undefined))?.ctimeMs;
    if (changed === undefined || Math.abs(Date.now() - changed) < lookAgainMs) halfWritten.add(file);
  }
  for (const file of halfWritten) read.delete(file);
  return halfWritten;
}
