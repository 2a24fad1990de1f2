import { ApiError } from 'api-deploy';
import type { RunPlan } from '../model/run-plan.ts';
import { hasEnded } from '../model/run-record.ts';
import type { Database } from '../storage/open-database.ts';
import { expectedResults } from '../engine/expected-results.ts';
import { getRecord, readPlan, type NewRun } from './record-store.ts';

/**
 * Plans a run of what failed, or was an error, in an earlier one: of `normal` and `parallel` those requests, of
 * sequences and scenarios the iterations that they were in. It is the plan as it was then, so that the two can be
 * compared by iteration and path; secrets are opened as they are now.
 *
 * @throws ApiError NOT_FOUND; RUN_ACTIVE when it has not ended; NOTHING_FAILED
 */
export async function planRerun(db: Database, id: number): Promise<NewRun> {
  const record = await getRecord(db, id);
  if (!hasEnded(record.status))
    throw new ApiError(
      'RUN_ACTIVE',
      `the run ${id} is '${record.status}'; what failed in it can be run again when it has ended`,
      { status: 409 },
    );
  const earlier = await readPlan(db, id);
  const places = await db
    .selectFrom('testResults')
    .select(['iteration', 'path'])
    .where('recordId', '=', id)
    .where('status', 'in', ['failed', 'error'])
    .orderBy('iteration')
    .execute();
  if (places.length === 0)
    throw new ApiError(
      'NOTHING_FAILED',
      `no result of the run ${id} failed or was an error, so that there is nothing to run again`,
      { status: 409 },
    );
  const plan: RunPlan = { ...earlier, only: onlyOf(earlier, places) };
  return {
    projectId: record.projectId,
    plan,
    total: expectedResults(plan, undefined),
    environmentId: record.environmentId ?? undefined,
    scenarioId: record.scenarioId ?? undefined,
  };
}

function onlyOf(
  plan: RunPlan,
  places: readonly { iteration: number; path: string }[],
): NonNullable<RunPlan['only']> {
  const only: NonNullable<RunPlan['only']> = {};
  const whole = plan.type === 'sequence' || plan.type === 'scenario';
  for (const { iteration, path } of places) {
    if (whole) only[iteration] = true;
    else {
      const index = Number(/^requests\[(\d+)\]/.exec(path)?.[1]);
      const indexes = (only[iteration] ??= []);
      if (indexes !== true && !indexes.includes(index)) indexes.push(index);
    }
  }
  return only;
}
