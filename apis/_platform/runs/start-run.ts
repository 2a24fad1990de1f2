import type { RunRecord } from '../model/run-record.ts';
import { getRecord, type NewRun } from './record-store.ts';
import { runEnd } from './run-events.ts';
import type { Runner } from './runner.ts';

export interface Waiting {
  wait?: boolean | undefined;
  cancelOnLeave?: boolean | undefined;
  /** Aborted when the caller leaves. */
  signal: AbortSignal;
}

/** Starts a run; gives its record as it is now, or at the end when the caller waits for that. */
export async function startRun(runner: Runner, run: NewRun, waiting: Waiting): Promise<RunRecord> {
  const id = await runner.start(run);
  if (waiting.wait === true) {
    const ended = await runEnd(runner, id, waiting.signal);
    if (ended !== undefined) return ended;
    if (waiting.cancelOnLeave === true) return await runner.cancel(id);
  }
  return await getRecord(runner.db, id);
}
