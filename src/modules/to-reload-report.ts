import type { ReloadReason, ReloadReport } from '../registry/reload-report.ts';
import type { ModuleFailure, ModuleWarning, Snapshot } from '../registry/snapshot.ts';
import { displayPath } from './module-failure.ts';
import type { Stage } from './stage.ts';

export interface ReloadFacts {
  readonly reason: ReloadReason;
  /** Of `performance.now()`. */
  readonly started: number;
  readonly stage: Stage;
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly loaded: readonly string[];
  readonly removed: readonly string[];
  readonly failures: readonly ModuleFailure[];
  readonly warnings: readonly ModuleWarning[];
  readonly projectDir: string;
  readonly backTo: number | undefined;
}

export function toReloadReport(facts: ReloadFacts): ReloadReport {
  const { before, after, stage, projectDir } = facts;
  const loaded = new Set(facts.loaded);
  const files = new Set([...stage.hashes.keys(), ...stage.problems.keys(), ...stage.removed]);
  const changes = before === after ? [] : after.changes;
  const touched = before === after ? [] : [...after.touched].sort();
  return {
    reason: facts.reason,
    ...(facts.backTo === undefined ? {} : { backTo: facts.backTo }),
    generation: after.generation,
    swapped: before !== after,
    durationMs: Math.round((performance.now() - facts.started) * 10) / 10,
    loaded: [...loaded].sort(),
    // All modules but a few, which hardly anybody wants to read: put together only when somebody does.
    get unchanged() {
      return [...after.modules.keys()].filter((module) => !loaded.has(module)).sort();
    },
    removed: facts.removed.filter((module) => !after.modules.has(module)).sort(),
    failed: facts.failures,
    contract: {
      breaking: changes.filter(({ breaking }) => breaking),
      compatible: changes.filter(({ breaking }) => !breaking),
    },
    warnings: facts.warnings,
    files: [...files].map((file) => displayPath(file, projectDir)).sort(),
    endpoints: {
      added: touched.filter((path) => !before.endpoints.has(path)),
      changed: touched.filter((path) => before.endpoints.has(path) && after.endpoints.has(path)),
      removed: touched.filter((path) => !after.endpoints.has(path)),
    },
  };
}
