import { holdAgain } from '../../modules/hold-again.ts';
import type { Reloader } from '../../modules/reload.ts';
import type { Touched } from '../../modules/reload-queue.ts';
import { restartTranspiler } from '../../modules/transpile.ts';
import type { ReloadReason, ReloadReport } from '../../registry/reload-report.ts';
import type { LoadRequest } from '../../supervision/cluster/coordinator.ts';
import { describeFailure } from '../describe-reload.ts';
import { createNewsFilter, reloadReporter } from '../report-reloads.ts';
import { countReload, keepServed } from './keep-served.ts';
import { askServedVersions } from './ask-served-versions.ts';
import type { SharedSources } from './shared-sources.ts';
import { tellHeld, type SupervisorParts } from './supervisor-parts.ts';

/** What brings all processes to another generation, with its lines in the log. */
export interface WorkerReloads {
  readonly reload: (touched: Touched, reason: ReloadReason) => Promise<ReloadReport>;
  readonly rollBack: Reloader['rollBack'];
}

export function createWorkerReloads(parts: () => SupervisorParts, projectDir: string): WorkerReloads {
  const newFailures = createNewsFilter(describeFailure);
  // Of reloads that failed before anybody had looked.
  let missed: Touched = new Set();

  async function load(request: LoadRequest): Promise<ReloadReport> {
    const { pool, coordinator, config, logs, sources } = parts();
    const { report } = await coordinator.reload(request).catch((error: unknown) => mend(error, sources));
    parts().failures = report.failed;
    const news = newFailures(report.failed);
    reloadReporter(logs, () => config.current)(report, news);
    countReload(parts(), report, news);
    const [oldest] = pool.serving;
    await keepServed(parts(), report, oldest);
    if (report.removed.length > 0 && oldest !== undefined) {
      const files = await oldest.peer.ask<string[]>('live-files').catch(() => undefined);
      if (files !== undefined) sources.retain(new Set(files));
    }
    return report;
  }

  return {
    async reload(asked, reason) {
      await parts().pool.untilServing();
      const touched = asked === 'all' || missed === 'all' ? 'all' : new Set([...missed, ...asked]);
      missed = touched;
      const report = await load({ touched, reason });
      missed = new Set();
      return report;
    },
    rollBack(toPlan, backTo) {
      const { queue, pool, own, config, coordinator, sources } = parts();
      const { disk, checker } = own;
      return queue.alone(async () => {
        await pool.untilServing();
        const { apisDir } = config.current;
        const plan = await toPlan({ now: await askServedVersions(parts()), disk, apisDir, projectDir });
        const { touched, targets, held } = plan;
        const before = disk.held;
        const { generation } = coordinator;
        const hold = (): void => {
          disk.hold(held);
          sources.forgive(touched);
          tellHeld(parts());
        };
        try {
          const rollback = { hold, targets, backTo };
          return { report: await load({ touched, reason: 'rollback', rollback }), plan };
        } catch (error) {
          if (coordinator.generation === generation)
            await holdAgain(before, { disk, checker, served: sources.served, files: touched });
          throw error;
        } finally {
          disk.tell();
        }
      });
    },
  };
}

/** What was given up here, with its transpiler. */
const mended = new WeakSet<Error>();

export function noteMended(error: Error): void {
  mended.add(error);
}

/** The processes give up what takes too long; only here it is known whose transpiler that was. */
function mend(error: unknown, sources: SharedSources): never {
  sources.giveUp();
  const isMended = error instanceof Error && mended.has(error);
  if (error instanceof Error && !isMended && error.message.includes('it hung while transpiling'))
    restartTranspiler();
  throw error;
}
