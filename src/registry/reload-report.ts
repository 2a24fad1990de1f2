import type { ContractChange } from './contract-change.ts';
import type { ModuleFailure, ModuleWarning } from './snapshot.ts';

/** Why a reload ran. */
export type ReloadReason = 'start' | 'save' | 'admin' | 'rollback';

/** What a reload did; handed out only after the new generation serves. */
export interface ReloadReport {
  readonly reason: ReloadReason;
  /** The generation that a rollback went back to. */
  readonly backTo?: number;
  /** The generation that serves now. */
  readonly generation: number;
  /** False when nothing had to be swapped. */
  readonly swapped: boolean;
  readonly durationMs: number;
  /** Served modules loaded anew in this reload. */
  readonly loaded: readonly string[];
  /** Served modules that kept their instance. */
  readonly unchanged: readonly string[];
  readonly removed: readonly string[];
  /** All modules whose version on disk does not serve, also from earlier reloads. */
  readonly failed: readonly ModuleFailure[];
  /** What this reload changed for callers. */
  readonly contract: {
    readonly breaking: readonly ContractChange[];
    readonly compatible: readonly ContractChange[];
  };
  /** Type errors and doubtful doc comments of what serves, as far as they are known by now. */
  readonly warnings: readonly ModuleWarning[];
  /** Files read anew, relative to the project where possible. */
  readonly files: readonly string[];
  /** Paths of endpoints. `changed`: those of modules loaded anew that stay. */
  readonly endpoints: {
    readonly added: readonly string[];
    readonly changed: readonly string[];
    readonly removed: readonly string[];
  };
}
