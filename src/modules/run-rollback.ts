import type { ReloadReport } from '../registry/reload-report.ts';
import type { SignatureChecker } from '../signatures/signature-checker.ts';
import type { Disk } from './disk.ts';
import { holdAgain } from './hold-again.ts';
import type { LiveModules } from './live-modules.ts';
import type { RollbackFacts, RollbackPlan } from './plan-rollback.ts';
import { ReloadRun } from './reload-run.ts';
import { toServedVersions } from './served-versions.ts';

/** What a plan is made from, besides the texts of earlier versions. */
export type RollbackView = Omit<RollbackFacts, 'textOf'>;

/** What a rollback did. */
export interface RolledBack {
  readonly report: ReloadReport;
  readonly plan: RollbackPlan;
}

/** Versions that are held, and are to serve: all of them, or none. */
export interface HeldVersions {
  /** Files that are to have another version than they have now. */
  readonly touched: ReadonlySet<string>;
  /** Served files that must load. */
  readonly targets: ReadonlySet<string>;
  /** Undefined when versions are let go of. */
  readonly backTo: number | undefined;
}

/** Reloads what is held. */
export type ServeHeld = (held: HeldVersions, run: ReloadRun) => Promise<ReloadReport>;

export interface RunRollbackOptions {
  readonly live: LiveModules;
  readonly disk: Disk;
  readonly checker: SignatureChecker;
  readonly apisDir: string;
  readonly projectDir: string;
  readonly backTo: number | undefined;
  readonly serveHeld: ServeHeld;
}

/** Lays the versions of a plan over the disk and reloads them; when that fails, what was held before is held again. */
export async function runRollback(
  toPlan: (facts: RollbackView) => Promise<RollbackPlan>,
  options: RunRollbackOptions,
): Promise<RolledBack> {
  const { disk, checker, backTo, live, apisDir, projectDir } = options;
  const plan = await toPlan({ now: toServedVersions(live), disk, apisDir, projectDir });
  const { touched, targets } = plan;
  const before = disk.held;
  const run = new ReloadRun();
  disk.hold(plan.held);
  try {
    const report = await options.serveHeld({ touched, targets, backTo }, run);
    return { report, plan };
  } catch (error) {
    if (!run.swapped) await holdAgain(before, { disk, checker, served: live.servedFiles, files: touched });
    throw error;
  } finally {
    disk.tell();
  }
}
