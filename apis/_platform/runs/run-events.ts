import type { RunCounts, RunStatus } from '../model/result.ts';
import { hasEnded, type ResultSummary, type RunRecord } from '../model/run-record.ts';
import type { Database } from '../storage/open-database.ts';
import type { Bell } from './bell.ts';
import { resultsAfter } from './read-results.ts';
import { getRecord } from './record-store.ts';

export type RunEvent =
  /** A result that is committed. */
  | { type: 'result'; result: ResultSummary }
  /** How it stands: after results, when the status changes, and every 10 s without either. */
  | { type: 'progress'; status: RunStatus; counts: RunCounts }
  /** The last one. */
  | { type: 'end'; record: RunRecord };

/** Milliseconds between two looks at the table; news from the same process come at once. */
const lookInterval = 250;
const signOfLife = 10_000;
const pageSize = 500;

export interface EventsOptions {
  /** Only results with a higher sequence. Default: all, from the first one. */
  after?: number;
  signal?: AbortSignal;
}

/**
 * Follows a run through the table, so that it does not matter which process runs it, and whether it goes on or ended
 * long ago.
 *
 * @throws ApiError NOT_FOUND
 */
export async function* runEvents(
  { db, bell }: { db: Database; bell: Bell },
  record: number,
  { after = -1, signal }: EventsOptions = {},
): AsyncGenerator<RunEvent> {
  let sequence = after;
  let told = '';
  let toldAt = 0;
  for (;;) {
    if (signal?.aborted === true) return;
    // The state before its results: whatever it counts is found, and nothing comes after an end.
    const state = await getRecord(db, record);
    for (;;) {
      const results = await resultsAfter(db, record, { sequence, limit: pageSize });
      for (const result of results) yield { type: 'result', result };
      sequence = results.at(-1)?.sequence ?? sequence;
      if (results.length < pageSize) break;
    }
    if (hasEnded(state.status)) {
      yield { type: 'end', record: state };
      return;
    }
    const { status, counts } = state;
    const news = JSON.stringify([status, counts]);
    if (news !== told || Date.now() - toldAt >= signOfLife) {
      yield { type: 'progress', status, counts };
      told = news;
      toldAt = Date.now();
    }
    await bell.wait(record, lookInterval, signal);
  }
}

/** Resolves with the record when it has ended; undefined when `signal` was aborted first. */
export async function runEnd(
  { db, bell }: { db: Database; bell: Bell },
  record: number,
  signal: AbortSignal,
): Promise<RunRecord | undefined> {
  while (!signal.aborted) {
    const state = await getRecord(db, record);
    if (hasEnded(state.status)) return state;
    await bell.wait(record, lookInterval, signal);
  }
  return undefined;
}
