import type { RequestResult } from '../model/result.ts';
import type { RunOptions } from '../model/run-options.ts';
import type { RunPlan } from '../model/run-plan.ts';
import type { RunRecord } from '../model/run-record.ts';
import type { SavedScenario } from '../model/save-outcome.ts';
import { planScenario } from '../runs/plan-run.ts';
import { runEnd } from '../runs/run-events.ts';
import type { Runner } from '../runs/runner.ts';
import type { Database } from '../storage/open-database.ts';
import type { ChosenScenario } from './choose-scenarios.ts';

/** Runs a scenario as it was run last: with the same environment, values and rows. It is a record like any other. */
export async function runAgain(
  runner: Runner,
  { id, name }: ChosenScenario,
  signal: AbortSignal,
): Promise<SavedScenario> {
  let recordId: number | null = null;
  try {
    const run = await planScenario(runner.db, id, {
      ...(await optionsOfLastRun(runner.db, id)),
      name: `${name.slice(0, 180)} (test on save)`,
    });
    recordId = await runner.start(run);
    const ended = (await runEnd(runner, recordId, signal)) ?? (await cancelled(runner, recordId));
    const { status, counts, error } = ended;
    const message = error?.message ?? (await firstProblem(runner.db, recordId));
    return { scenarioId: id, name, recordId, status, counts, ...(message === undefined ? {} : { message }) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { scenarioId: id, name, recordId, status: 'error', counts: null, message };
  }
}

async function cancelled(runner: Runner, recordId: number): Promise<RunRecord> {
  const record = await runner.cancel(recordId);
  // Its teardown runs all the same.
  return (await runEnd(runner, recordId, AbortSignal.timeout(30_000))) ?? record;
}

async function optionsOfLastRun(db: Database, scenarioId: number): Promise<RunOptions> {
  const last = await db
    .selectFrom('testRecords')
    .select(['environmentId', 'configJson'])
    .where('scenarioId', '=', scenarioId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last === undefined) return {};
  const { variables, dataset } = JSON.parse(last.configJson) as RunPlan;
  return {
    environmentId: last.environmentId ?? undefined,
    variables: variables.given,
    ...(dataset === undefined ? {} : 'id' in dataset ? { datasetId: dataset.id } : { rows: dataset.rows }),
  };
}

/** Of the first request that did not pass: where, and why. */
async function firstProblem(db: Database, recordId: number): Promise<string | undefined> {
  const row = await db
    .selectFrom('testResults')
    .select(['path', 'name', 'resultJson'])
    .where('recordId', '=', recordId)
    .where('status', 'in', ['failed', 'error'])
    .orderBy('sequence')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { error, assertions, extractions } = JSON.parse(row.resultJson) as RequestResult;
  const failed =
    assertions.find(({ status }) => status === 'failed' || status === 'error') ??
    extractions.find(({ status }) => status === 'failed');
  const why = error?.message ?? failed?.message ?? failed?.name ?? 'it did not pass';
  return `${row.path} '${row.name}': ${why}`;
}
