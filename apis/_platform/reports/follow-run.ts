import type { RequestResult } from '../model/result.ts';
import { getResult } from '../runs/read-results.ts';
import { runEvents } from '../runs/run-events.ts';
import type { Runner } from '../runs/runner.ts';
import { loadRun } from './load-run.ts';
import type { ReportedRun } from './reporter.ts';

/**
 * A run for live reporters: its results as they come, until it has ended, whichever process runs it.
 *
 * @throws ApiError NOT_FOUND
 */
export async function followRun(
  { db, bell }: Pick<Runner, 'bell' | 'db'>,
  id: number,
  signal: AbortSignal,
): Promise<ReportedRun> {
  const { head } = await loadRun(db, id);
  return {
    head,
    results: { [Symbol.asyncIterator]: () => results({ db, bell }, id, signal) },
    end: async () => {
      const ended = await loadRun(db, id);
      // Only now it is known when it began.
      Object.assign(head, ended.head);
      return await ended.end();
    },
  };
}

async function* results(
  from: Pick<Runner, 'bell' | 'db'>,
  id: number,
  signal: AbortSignal,
): AsyncGenerator<RequestResult> {
  for await (const event of runEvents(from, id, { signal })) {
    if (event.type !== 'result') continue;
    const { id: _id, ...result } = await getResult(from.db, event.result.id);
    yield result;
  }
}
