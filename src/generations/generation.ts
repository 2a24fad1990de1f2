import type { ContractChange } from '../registry/contract-change.ts';
import type { ReloadReason } from '../registry/reload-report.ts';

/** One version of one local file, as a generation has it. */
export interface FileVersion {
  /** Of `contentHash`. */
  readonly hash: string;
  /** Absolute paths of the local files that it imports, also those it needs for their types alone. */
  readonly imports: readonly string[];
  /** Imported for its types alone. Its text is kept where it could be read in time. */
  readonly typesOnly: boolean;
}

/** What one swap made current: enough to load the same again. */
export interface Generation {
  /** The number of the swap. */
  readonly generation: number;
  /** The last number with the same content: result types that came later, a restart without a change. */
  through: number;
  /** ISO 8601. */
  readonly time: string;
  readonly reason: ReloadReason;
  /** The generation that a rollback went back to; absent for everything else. */
  readonly backTo?: number;
  /** File of each served module, by the module's name. */
  readonly modules: ReadonlyMap<string, string>;
  /** Every local file that the modules reach, by absolute path. */
  readonly files: ReadonlyMap<string, FileVersion>;
  /** What the swap changed, by the names of modules. */
  readonly loaded: readonly string[];
  readonly removed: readonly string[];
  /** What the swap changed, by the paths of functions. */
  readonly endpoints: {
    readonly added: readonly string[];
    readonly changed: readonly string[];
    readonly removed: readonly string[];
  };
  readonly contract: {
    readonly breaking: readonly ContractChange[];
    readonly compatible: readonly ContractChange[];
  };
}

/** The given files and all that they import in this generation. */
export function filesReachedFrom(
  files: Iterable<string>,
  generation: Pick<Generation, 'files'>,
): ReadonlySet<string> {
  const reached = new Set<string>();
  for (const file of files) if (generation.files.has(file)) reached.add(file);
  // A Set iterates over what is added to it on the way.
  for (const file of reached) {
    for (const imported of generation.files.get(file)?.imports ?? []) {
      if (generation.files.has(imported)) reached.add(imported);
    }
  }
  return reached;
}

/** Whether both have the same files with the same content, so that going from one to the other changes nothing. */
export function hasSameContent(a: Generation, b: Generation): boolean {
  if (a.files.size !== b.files.size || a.modules.size !== b.modules.size) return false;
  for (const [file, { hash }] of a.files) if (b.files.get(file)?.hash !== hash) return false;
  for (const [module, file] of a.modules) if (b.modules.get(module) !== file) return false;
  return true;
}
