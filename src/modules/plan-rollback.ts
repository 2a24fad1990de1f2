import { ApiError } from '../contract/api-error.ts';
import { filesReachedFrom, type Generation } from '../generations/generation.ts';
import type { Pin } from '../generations/pin.ts';
import { diskStateOf, hashOf, type Disk, type HeldFile } from './disk.ts';
import { displayPath } from './module-failure.ts';
import { isServedFile, moduleNameOf } from './served-files.ts';
import type { ServedVersions } from './served-versions.ts';

/** What to go back to. */
export interface RollbackTarget {
  readonly generation: Generation;
  /** The number that was asked for, one of the generation's. */
  readonly number: number;
  /** One module, with the helpers that it had; undefined: all modules. */
  readonly module: string | undefined;
}

/** What will be held once the rollback serves. */
export interface RollbackPlan {
  readonly held: ReadonlyMap<string, HeldFile>;
  /** Files whose version is about to change. */
  readonly touched: ReadonlySet<string>;
  /** Served files that must load, or nothing changes. */
  readonly targets: ReadonlySet<string>;
}

export interface RollbackFacts {
  readonly now: ServedVersions;
  readonly disk: Disk;
  readonly apisDir: string;
  readonly projectDir: string;
  /** Undefined when the text is not at hand any more. */
  readonly textOf: (hash: string) => Promise<string | undefined>;
}

/**
 * Which files have to be held, and at which version, so that what served in a generation serves again.
 *
 * @throws ApiError ROLLBACK_FAILED when a text is not at hand any more
 */
export async function planRollback(target: RollbackTarget, facts: RollbackFacts): Promise<RollbackPlan> {
  const { generation, module } = target;
  const own = module === undefined ? undefined : generation.modules.get(module);
  const files = own === undefined ? new Set(generation.files.keys()) : filesReachedFrom([own], generation);
  const held = new Map(facts.disk.held);
  const touched = new Set<string>();
  const since = new Date().toISOString();
  for (const file of files) {
    const wanted = generation.files.get(file);
    if (wanted === undefined) continue;
    const state = diskStateOf(await facts.disk.readUnder(file));
    // One module goes back alone: a helper that is the same already is left as it is.
    if (own !== undefined && file !== own && facts.now.hashOf(file) === wanted.hash) continue;
    if (state === wanted.hash) held.delete(file);
    else {
      const text = await textOf(file, wanted.hash, facts);
      if (text === undefined && wanted.typesOnly) continue;
      if (text === undefined) throw textLost(file, target, facts);
      const pin: Pin = { hash: wanted.hash, disk: state, generation: target.number, since };
      held.set(file, { pin, found: { text, hash: wanted.hash } });
    }
    touched.add(file);
  }
  if (own === undefined) await leaveOut({ target, facts, held, touched, since });
  const targets = [...touched].filter((file) => isServedFile(file, facts.apisDir));
  return { held, touched, targets: new Set(targets.filter((file) => files.has(file))) };
}

interface LeavingOut {
  readonly target: RollbackTarget;
  readonly facts: RollbackFacts;
  readonly held: Map<string, HeldFile>;
  readonly touched: Set<string>;
  readonly since: string;
}

/** What came after the generation is not served, and what an earlier rollback holds is let go of. */
async function leaveOut({ target, facts, held, touched, since }: LeavingOut): Promise<void> {
  const { now, disk, apisDir } = facts;
  for (const file of new Set([...now.served, ...held.keys()])) {
    if (target.generation.files.has(file)) continue;
    const state = diskStateOf(await disk.readUnder(file));
    if (isServedFile(file, apisDir) && state !== 'gone') {
      const pin: Pin = { hash: undefined, disk: state, generation: target.number, since };
      held.set(file, { pin, found: undefined });
    } else held.delete(file);
    touched.add(file);
  }
}

/** What is on disk serves again: nothing is held any more, or one module and its helpers are not. */
export function planRelease(module: string | undefined, { now, disk, apisDir }: ReleaseFacts): RollbackPlan {
  const held = new Map(disk.held);
  const own = module === undefined ? undefined : fileOfModule(module, { now, disk, apisDir });
  const reached = own === undefined ? undefined : reachedNow(own, now);
  const touched = new Set([...held.keys()].filter((file) => reached === undefined || reached.has(file)));
  for (const file of touched) held.delete(file);
  return { held, touched, targets: new Set([...touched].filter((file) => isServedFile(file, apisDir))) };
}

export type ReleaseFacts = Pick<RollbackFacts, 'now' | 'disk' | 'apisDir'>;

function fileOfModule(module: string, { now, disk, apisDir }: ReleaseFacts): string | undefined {
  const files = [...now.served, ...disk.held.keys()];
  return files.find((file) => isServedFile(file, apisDir) && moduleNameOf(file, apisDir) === module);
}

function reachedNow(own: string, now: ServedVersions): ReadonlySet<string> {
  const reached = new Set([own]);
  for (const file of reached) for (const imported of now.importsOf(file)) reached.add(imported);
  return reached;
}

async function textOf(file: string, hash: string, facts: RollbackFacts): Promise<string | undefined> {
  const source = facts.now.sourceOf(file);
  if (source?.hash === hash) return source.text;
  const held = facts.disk.held.get(file)?.found;
  return hashOf(held) === hash ? held?.text : await facts.textOf(hash);
}

function textLost(file: string, { number }: RollbackTarget, { projectDir }: RollbackFacts): ApiError {
  const path = displayPath(file, projectDir);
  return new ApiError(
    'ROLLBACK_FAILED',
    `'${path}' of generation ${number} is not at hand any more: its text cannot be read back from dataDir; nothing has changed`,
  );
}
