import type { ReloadReport } from '../registry/reload-report.ts';
import type { SignatureChecker } from '../signatures/signature-checker.ts';
import type { Disk, HeldFile } from './disk.ts';
import type { LiveModules } from './live-modules.ts';
import type { RollbackFacts, RollbackPlan } from './plan-rollback.ts';
import type { Touched } from './reload-queue.ts';
import { ReloadRun, runReloadWithin } from './reload-run.ts';

/** What a plan is made from, besides the texts of earlier versions. */
export type RollbackView = Omit<RollbackFacts, 'textOf'>;

/** What a rollback did. */
export interface RolledBack {
  readonly report: ReloadReport;
  readonly plan: RollbackPlan;
}

/** A rollback as its reload has to know it. */
export interface RollbackReload {
  readonly touched: Touched;
  readonly run: ReloadRun;
  readonly targets: ReadonlySet<string>;
  /** Undefined when versions are let go of. */
  readonly backTo: number | undefined;
}

export interface RunRollbackOptions {
  readonly live: LiveModules;
  readonly disk: Disk;
  readonly checker: SignatureChecker;
  readonly apisDir: string;
  readonly projectDir: string;
  readonly reloadTimeout: () => number;
  readonly backTo: number | undefined;
  readonly reload: (request: RollbackReload) => Promise<ReloadReport>;
}

/** Lays the versions of a plan over the disk and reloads them; when that fails, what was held before is held again. */
export async function runRollback(
  toPlan: (facts: RollbackView) => Promise<RollbackPlan>,
  options: RunRollbackOptions,
): Promise<RolledBack> {
  const { disk, backTo, live, apisDir, projectDir } = options;
  const plan = await toPlan({ live, disk, apisDir, projectDir });
  const { touched, targets } = plan;
  const before = disk.held;
  const run = new ReloadRun();
  disk.hold(plan.held);
  try {
    const report = await runReloadWithin(options.reloadTimeout(), run, () =>
      options.reload({ touched, run, targets, backTo }),
    );
    return { report, plan };
  } catch (error) {
    if (!run.swapped) await holdAgain(before, touched, options);
    throw error;
  } finally {
    disk.tell();
  }
}

/** The type checker has read what was to be held, and is told what is there instead. */
async function holdAgain(
  held: ReadonlyMap<string, HeldFile>,
  files: ReadonlySet<string>,
  { disk, checker, live }: RunRollbackOptions,
): Promise<void> {
  disk.hold(held);
  const changed = new Map<string, string>();
  const removed: string[] = [];
  for (const file of files) {
    const found = await disk.read(file);
    if (found === undefined) removed.push(file);
    else if ('text' in found) changed.set(file, found.text);
  }
  const served = live.servedFiles;
  await checker.derive({ changed, removed, served, wanted: [] }).catch(() => {});
}
