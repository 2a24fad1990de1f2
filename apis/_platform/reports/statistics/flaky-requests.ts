import { setImmediate as turn } from 'node:timers/promises';
import { sql } from 'kysely';
import type { RequestResult } from '../../model/result.ts';
import type { Database } from '../../storage/open-database.ts';
import { resultsWithin, type StatsWindow } from './stats-window.ts';

export interface FlakyRequest {
  /** Id of the catalog entry, when it is one. */
  api: number | null;
  name: string;
  /** Where in its run. */
  path: string;
  scenarioId: number | null;
  environmentId: number | null;
  passed: number;
  /** Failed, or errors. */
  failed: number;
  /** How often its outcome changed from one time to the next. */
  flips: number;
  lastPassed: string;
  lastFailed: string;
}

interface Candidate {
  apiId: number | null;
  name: string;
  path: string;
  scenarioId: number | null;
  environmentId: number | null;
}

const candidatesAtMost = 100;
const resultsLookedAt = 200;

/**
 * Requests that both passed and failed, in the same place, environment and with the same row of data, while neither
 * their catalog entry nor their scenario was changed. What belongs to neither has no definition that is known to be
 * the same, and is left out. Those that flip most come first.
 */
export async function flakyRequests(
  db: Database,
  window: StatsWindow,
  limit: number,
): Promise<FlakyRequest[]> {
  const flaky: FlakyRequest[] = [];
  for (const candidate of await findCandidates(db, window)) {
    const judged = judge(await readOutcomes(db, window, candidate));
    const { apiId, ...place } = candidate;
    if (judged !== undefined) flaky.push({ api: apiId, ...place, ...judged });
    await turn();
  }
  return flaky.sort((a, b) => b.flips - a.flips).slice(0, limit);
}

/** Since the last change of what they are made of. */
function unchanged(db: Database, window: StatsWindow) {
  return resultsWithin(db, window)
    .leftJoin('apis as api', 'api.id', 'result.apiId')
    .leftJoin('scenarios as scenario', 'scenario.id', 'record.scenarioId')
    .where('result.status', 'in', ['passed', 'failed', 'error'])
    .where((eb) => eb.or([eb('api.id', 'is', null), eb('result.startedAt', '>=', eb.ref('api.updatedAt'))]))
    .where((eb) =>
      eb.or([eb('scenario.id', 'is', null), eb('result.startedAt', '>=', eb.ref('scenario.updatedAt'))]),
    )
    .where((eb) => eb.or([eb('api.id', 'is not', null), eb('scenario.id', 'is not', null)]));
}

async function findCandidates(db: Database, window: StatsWindow): Promise<Candidate[]> {
  const keys = [
    'result.apiId',
    'result.name',
    'result.path',
    'record.scenarioId',
    'record.environmentId',
  ] as const;
  const passed = sql<number>`sum(case when result.status = 'passed' then 1 else 0 end)`;
  const failed = sql<number>`sum(case when result.status = 'passed' then 0 else 1 end)`;
  return await unchanged(db, window)
    .groupBy(keys)
    .select([...keys])
    .having(passed, '>', 0)
    .having(failed, '>', 0)
    .orderBy(sql`case when ${passed} < ${failed} then ${passed} else ${failed} end`, 'desc')
    .limit(candidatesAtMost)
    .execute();
}

interface Outcome {
  passed: boolean;
  startedAt: string;
  /** The values of the row of data that it used. */
  data: string;
}

/** The latest ones, in the order of time. */
async function readOutcomes(db: Database, window: StatsWindow, candidate: Candidate): Promise<Outcome[]> {
  const { apiId, name, path, scenarioId, environmentId } = candidate;
  const rows = await unchanged(db, window)
    .where('result.name', '=', name)
    .where('result.path', '=', path)
    .where('result.apiId', apiId === null ? 'is' : '=', apiId)
    .where('record.scenarioId', scenarioId === null ? 'is' : '=', scenarioId)
    .where('record.environmentId', environmentId === null ? 'is' : '=', environmentId)
    .select(['result.status', 'result.startedAt', 'result.resultJson'])
    .orderBy('result.startedAt', 'desc')
    .orderBy('result.id', 'desc')
    .limit(resultsLookedAt)
    .execute();
  return rows.reverse().map(({ status, startedAt, resultJson }) => ({
    passed: status === 'passed',
    startedAt,
    data: dataOf(JSON.parse(resultJson) as RequestResult),
  }));
}

function dataOf({ variables }: RequestResult): string {
  const values = variables
    .filter(({ scope }) => scope === 'dataset')
    .map(({ name, value }) => [name, value] as const);
  return JSON.stringify(values.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Undefined when each row of data always had the same outcome. */
function judge(outcomes: readonly Outcome[]) {
  const byData = new Map<string, Outcome[]>();
  for (const outcome of outcomes) byData.set(outcome.data, [...(byData.get(outcome.data) ?? []), outcome]);
  const mixed = [...byData.values()].filter((group) => new Set(group.map(({ passed }) => passed)).size === 2);
  if (mixed.length === 0) return undefined;
  const all = mixed.flat();
  const latest = (passed: boolean): string =>
    all
      .filter((each) => each.passed === passed)
      .reduce((last, { startedAt }) => (startedAt > last ? startedAt : last), '');
  return {
    passed: all.filter(({ passed }) => passed).length,
    failed: all.filter(({ passed }) => !passed).length,
    flips: mixed.reduce((sum, group) => sum + flipsOf(group), 0),
    lastPassed: latest(true),
    lastFailed: latest(false),
  };
}

function flipsOf(group: readonly Outcome[]): number {
  return group.filter(({ passed }, index) => index > 0 && group[index - 1]?.passed !== passed).length;
}
