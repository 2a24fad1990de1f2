import type { CallFunction } from '../engine/engine-parts.ts';
import type { RunPlan } from '../model/run-plan.ts';
import type { EndStatus } from '../model/run-record.ts';
import type { Database } from '../storage/open-database.ts';
import { drainTime, type Departure, type ExecutionParts, type ExecutionState } from './execution-state.ts';
import { createGate } from './gate.ts';
import { LeaseLost, releaseRun, takeoverLimit } from './lease.ts';
import { createReachedEndpoints, type ReachedEndpoints } from './reached-endpoints.ts';
import { endRecord, getRecord, type RunEnding } from './record-store.ts';
import { runPlan } from './run-plan.ts';

/** A run while this process runs it. */
export interface Execution {
  readonly record: number;
  /** Aborts what is in flight; the run ends as `cancelled`. */
  cancel(): void;
  /** Stops between two requests and gives the run up, for another owner to go on with. */
  handOver(): Promise<void>;
  /** Stops at once without writing anything: the run has another owner. */
  lose(): void;
  /** Never rejects. */
  readonly ended: Promise<void>;
}

/** Runs a record that `parts.owner` has claimed, from the first request without a result. */
export function execute(parts: ExecutionParts, record: number): Execution {
  const state: ExecutionState = {
    record,
    stop: new AbortController(),
    departure: undefined,
    departed: new AbortController(),
    gate: undefined,
    writer: undefined,
  };
  const ended = run(parts, state).finally(() => parts.bell.ring(record));
  return {
    record,
    ended,
    cancel: () => state.stop.abort(new Error('the run was cancelled')),
    async handOver() {
      await state.gate?.close(drainTime);
      depart(state, 'handOver');
      await ended;
    },
    lose() {
      state.writer?.abandon();
      depart(state, 'lost');
    },
  };
}

/** From now on nothing is sent, and nothing is a result. The engine ends by itself; nobody waits for it. */
function depart(state: ExecutionState, departure: Departure): void {
  state.departure ??= departure;
  state.gate?.abandon();
  state.stop.abort(new Error(departure === 'lost' ? 'the run has another owner' : 'the run is handed over'));
  state.departed.abort();
}

async function run(parts: ExecutionParts, state: ExecutionState): Promise<void> {
  const { db, owner, log } = parts;
  const { record } = state;
  try {
    const ending = await runToEnd(parts, state);
    if (ending === undefined) {
      if (state.departure === 'handOver') await releaseRun(db, record, owner);
      return;
    }
    await endRecord(db, { id: record, owner }, ending);
  } catch (error) {
    if (error instanceof LeaseLost || state.departure === 'lost') {
      log.warn(`the run ${record} goes on elsewhere: ${String(error)}`);
      return;
    }
    log.error(`the run ${record} cannot go on: ${String(error)}`, { err: error });
    await giveUp(parts, state, error);
  }
}

/** Notes why a run ended by itself; where not even that can be written, its lease runs out. */
async function giveUp(
  { db, owner, log }: ExecutionParts,
  state: ExecutionState,
  cause: unknown,
): Promise<void> {
  const message = cause instanceof Error ? cause.message : String(cause);
  try {
    if (state.departure === 'handOver') await releaseRun(db, state.record, owner);
    else
      await endRecord(
        db,
        { id: state.record, owner },
        { status: 'error', error: { code: 'RUN_FAILED', message } },
      );
  } catch (error) {
    log.error(`the end of the run ${state.record} cannot be written: ${String(error)}`, { err: error });
  }
}

/** Undefined: it did not come to an end here. */
async function runToEnd(parts: ExecutionParts, state: ExecutionState): Promise<RunEnding | undefined> {
  const { db } = parts;
  const stored = await db
    .selectFrom('testRecords')
    .select(['configJson', 'takeovers', 'scenarioId', 'cancelRequested'])
    .where('id', '=', state.record)
    .executeTakeFirst();
  if (stored === undefined) throw new LeaseLost(`the run ${state.record} was removed`);
  if (stored.takeovers >= takeoverLimit) return interrupted('TAKEN_OVER_TOO_OFTEN', tooOften);
  // Somebody asked while nobody ran it.
  if (stored.cancelRequested === 1) state.stop.abort(new Error('the run was cancelled'));
  const plan = readPlanOfThisVersion(stored.configJson);
  if (typeof plan === 'string') return interrupted('PLAN_OUTDATED', plan);

  const reached = createReachedEndpoints(parts.baseUrl());
  const gate = createGate(parts.createTransport(plan), watched(parts.callFunction, reached));
  try {
    const outcome = await runPlan(parts, { state, plan, gate, reached });
    if (outcome === undefined) return undefined;
    if (stored.scenarioId !== null) await reached.save(db, stored.scenarioId);
    const { error } = outcome;
    return {
      status: await statusOf(db, state.record, outcome.status),
      ...(error === undefined ? {} : { error }),
    };
  } finally {
    await gate.transport.close();
  }
}

function watched(callFunction: CallFunction, reached: ReachedEndpoints): CallFunction {
  return (endpoint, body, options) => {
    reached.called(endpoint);
    return callFunction(endpoint, body, options);
  };
}

const tooOften = `the run was taken over ${takeoverLimit} times without a new result: whoever ran it vanished each time; look into the log for the cause, then start it again`;

function interrupted(code: string, message: string): RunEnding {
  return { status: 'interrupted', error: { code, message } };
}

/** The plan, or why it cannot be gone on with. */
function readPlanOfThisVersion(json: string): RunPlan | string {
  let plan: { version?: unknown };
  try {
    plan = JSON.parse(json) as { version?: unknown };
  } catch {
    return 'the stored plan is no JSON; start the run again';
  }
  if (plan.version === 1) return plan as RunPlan;
  return `the stored plan is of version '${String(plan.version)}', this program runs version '1'; start the run again`;
}

/** By the counts of all results, also those from before a crash. */
async function statusOf(db: Database, record: number, outcome: EndStatus): Promise<EndStatus> {
  if (outcome === 'cancelled') return outcome;
  const { counts } = await getRecord(db, record);
  if (counts.error > 0 || outcome === 'error') return 'error';
  if (counts.failed > 0 || outcome === 'failed') return 'failed';
  return 'passed';
}
