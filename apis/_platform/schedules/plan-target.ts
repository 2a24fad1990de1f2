import type { ScheduleTarget } from '../model/schedule.ts';

import { findApis } from '../runs/find-apis.ts';
import { planRequests, planScenario, type PlanOptions } from '../runs/plan-run.ts';
import type { NewRun } from '../runs/record-store.ts';
import type { Database } from '../storage/open-database.ts';

/** As in `runs.runMany`. */
const parallelConcurrency = 10;

/**
 * Plans the run of a schedule, of what its target is now.
 *
 * @throws ApiError as planning any run does
 */
export async function planTarget(
  db: Database,
  schedule: { id: number; projectId: number; name: string },
  target: ScheduleTarget,
): Promise<NewRun> {
  const { environmentId, datasetId, variables, iterations, ratePerSecond, bail } = target;
  const options: PlanOptions = {
    name: schedule.name,
    scheduleId: schedule.id,
    environmentId,
    datasetId,
    variables,
    iterations,
    ratePerSecond,
    bail,
    concurrency: target.concurrency,
  };
  if (target.type === 'scenario') return await planScenario(db, target.scenarioId, options);
  const { order = 'parallel' } = target;
  if (order === 'parallel') options.concurrency ??= parallelConcurrency;
  return await planRequests(
    db,
    { type: order, apiIds: await apisOf(db, schedule.projectId, target) },
    options,
  );
}

async function apisOf(
  db: Database,
  projectId: number,
  target: Exclude<ScheduleTarget, { type: 'scenario' }>,
): Promise<number[]> {
  switch (target.type) {
    case 'requests':
      return target.apiIds;
    case 'module':
      return await findApis(db, { projectId, moduleIds: [target.moduleId] });
    case 'project':
      return await findApis(db, { projectId });
    default: {
      const check: never = target;
      return check;
    }
  }
}
