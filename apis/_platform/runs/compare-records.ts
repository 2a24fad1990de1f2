import type { RequestResult, ResultStatus } from '../model/result.ts';
import type { ResultSummary, RunRecord } from '../model/run-record.ts';
import type { Database } from '../storage/open-database.ts';
import { pairedResults, type Pair } from './paired-results.ts';
import { getRecord } from './record-store.ts';

/** The same request in two runs. */
export interface Difference {
  iteration: number;
  path: string;
  name: string;
  base: ComparedResult;
  head: ComparedResult;
  /** Milliseconds; above 0: slower than before. */
  timeDifference: number | null;
}

export interface ComparedResult {
  id: number;
  status: ResultStatus;
  httpStatus: number | null;
  /** SHA-256 of the whole body. */
  bodyHash: string | null;
  time: number | null;
}

/** How `head` differs from `base`. Lists hold `limit` entries at most; the counts are of all. */
export interface Comparison {
  base: RunRecord;
  head: RunRecord;
  counts: {
    /** The same outcome, HTTP status and body. */
    same: number;
    /** Passed before, failed or an error now. */
    newlyFailed: number;
    /** Failed or an error before, passed now. */
    newlyPassed: number;
    /** Another HTTP status or body; may be among the two before, too. */
    changed: number;
    onlyInBase: number;
    onlyInHead: number;
  };
  newlyFailed: Difference[];
  newlyPassed: Difference[];
  changed: Difference[];
  onlyInBase: ResultSummary[];
  onlyInHead: ResultSummary[];
  /** Means in milliseconds of what both have, and where the difference is largest. */
  times: { base: number | null; head: number | null; slower: Difference[]; faster: Difference[] };
}

const extremes = 20;

/**
 * Compares two runs: by iteration and path; what has no counterpart there by iteration, catalog entry and name.
 *
 * @throws ApiError NOT_FOUND
 */
export async function compareRecords(
  db: Database,
  { base, head }: { base: number; head: number },
  limit: number,
): Promise<Comparison> {
  const comparison: Comparison = {
    base: await getRecord(db, base),
    head: await getRecord(db, head),
    counts: { same: 0, newlyFailed: 0, newlyPassed: 0, changed: 0, onlyInBase: 0, onlyInHead: 0 },
    newlyFailed: [],
    newlyPassed: [],
    changed: [],
    onlyInBase: [],
    onlyInHead: [],
    times: { base: null, head: null, slower: [], faster: [] },
  };
  const times = { pairs: 0, base: 0, head: 0 };
  for await (const pair of pairedResults(db, base, head)) {
    if (pair.base !== undefined && pair.head !== undefined) {
      const difference = toDifference(pair.base, pair.head);
      sortIn(comparison, difference, limit);
      if (difference.base.time !== null && difference.head.time !== null) {
        times.pairs += 1;
        times.base += difference.base.time;
        times.head += difference.head.time;
      }
      continue;
    }
    const side = pair.base === undefined ? 'onlyInHead' : 'onlyInBase';
    comparison.counts[side] += 1;
    const alone = pair.base ?? pair.head;
    if (alone !== undefined && comparison[side].length < limit) comparison[side].push(withoutJson(alone));
  }
  if (times.pairs > 0) {
    comparison.times.base = times.base / times.pairs;
    comparison.times.head = times.head / times.pairs;
  }
  return comparison;
}

const isBad = (status: ResultStatus) => status === 'failed' || status === 'error';

function sortIn(comparison: Comparison, difference: Difference, limit: number): void {
  const { base, head } = difference;
  const put = (list: 'newlyFailed' | 'newlyPassed' | 'changed') => {
    comparison.counts[list] += 1;
    if (comparison[list].length < limit) comparison[list].push(difference);
  };
  if (base.status === 'passed' && isBad(head.status)) put('newlyFailed');
  if (isBad(base.status) && head.status === 'passed') put('newlyPassed');
  const isChanged = base.httpStatus !== head.httpStatus || base.bodyHash !== head.bodyHash;
  if (isChanged) put('changed');
  else if (base.status === head.status) comparison.counts.same += 1;
  const { slower, faster } = comparison.times;
  keepExtreme(slower, difference, (d) => d.timeDifference ?? 0);
  keepExtreme(faster, difference, (d) => -(d.timeDifference ?? 0));
}

/** Keeps the few with the largest measure above 0, largest first. */
function keepExtreme(list: Difference[], candidate: Difference, measure: (d: Difference) => number): void {
  const value = measure(candidate);
  if (value <= 0) return;
  const at = list.findIndex((other) => measure(other) < value);
  if (at === -1 && list.length >= extremes) return;
  list.splice(at === -1 ? list.length : at, 0, candidate);
  if (list.length > extremes) list.pop();
}

type Side = NonNullable<Pair['base']>;

function toDifference(base: Side, head: Side): Difference {
  return {
    iteration: head.iteration,
    path: head.path,
    name: head.name,
    base: compared(base),
    head: compared(head),
    timeDifference: base.time === null || head.time === null ? null : head.time - base.time,
  };
}

function compared({ id, status, httpStatus, time, resultJson }: Side): ComparedResult {
  const { response } = JSON.parse(resultJson) as RequestResult;
  return { id, status, httpStatus, time, bodyHash: response?.body?.sha256 ?? null };
}

function withoutJson(side: Side): ResultSummary {
  const { resultJson, ...summary } = side;
  void resultJson;
  return summary;
}
