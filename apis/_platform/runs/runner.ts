import { setTimeout as sleep } from 'node:timers/promises';
import type { RunRecord } from '../model/run-record.ts';
import type { Database } from '../storage/open-database.ts';
import { createBell, type Bell } from './bell.ts';
import { execute, type Execution } from './execution.ts';
import type { ExecutionParts } from './execution-state.ts';
import { claimRun, findUnownedRuns, releaseRun, renewLeases } from './lease.ts';
import { createOwner } from './owner.ts';
import { getRecord, insertRecord, requestCancel, type NewRun } from './record-store.ts';

/** Runs that a process runs at a time; further ones are queued. */
const activeLimit = 16;

/** Milliseconds between two looks for leases to renew, cancellations, and runs that nobody runs. */
const lookInterval = 500;

/** Runs the runs of this process, and takes over those that other ones have left behind. */
export interface Runner {
  readonly db: Database;
  readonly bell: Bell;
  /** From now on it takes over what nobody runs. */
  takeOver(): void;
  /** Makes the record; it runs at once, or as soon as there is room. Gives its id. */
  start(run: NewRun): Promise<number>;
  /** @throws ApiError NOT_FOUND, RUN_ENDED */
  cancel(record: number): Promise<RunRecord>;
  /** Hands all runs over at a request boundary. */
  close(): Promise<void>;
}

export interface RunnerParts extends Omit<ExecutionParts, 'bell' | 'owner'> {
  /** Of this process among those that share the database. */
  processName: string;
}

interface State {
  readonly parts: ExecutionParts;
  readonly active: Map<number, Execution>;
  /** Whether it looks for runs that nobody runs. */
  takesOver: boolean;
  /** Nothing new is begun. */
  closing: boolean;
  readonly closed: AbortController;
  troubled: boolean;
}

export function createRunner(given: RunnerParts): Runner {
  const { db } = given;
  const owner = createOwner(given.processName);
  const bell = createBell();
  const state: State = {
    parts: { ...given, bell, owner },
    active: new Map(),
    takesOver: false,
    closing: false,
    closed: new AbortController(),
    troubled: false,
  };
  const looking = keepLooking(state);
  return {
    db,
    bell,
    takeOver() {
      state.takesOver = true;
      void takeOver(state).catch((error: unknown) => tellTrouble(state, error));
    },
    async start(run) {
      const atOnce = state.active.size < activeLimit && !state.closing;
      const record = await insertRecord(db, run, atOnce ? owner : undefined);
      if (atOnce) await launch(state, record);
      return record;
    },
    async cancel(record) {
      const cancelled = await requestCancel(db, record);
      state.active.get(record)?.cancel();
      bell.ring(record);
      return cancelled;
    },
    async close() {
      state.closing = true;
      // Meanwhile leases are renewed: requests in flight come to their end.
      while (state.active.size > 0)
        await Promise.all([...state.active.values()].map((execution) => execution.handOver()));
      state.closed.abort();
      await looking;
    },
  };
}

/** Runs what was claimed; a runner that closes meanwhile gives it back. */
async function launch(state: State, record: number): Promise<void> {
  const { parts, active } = state;
  if (state.closing) return await releaseRun(parts.db, record, parts.owner);
  const execution = execute(parts, record);
  active.set(record, execution);
  void execution.ended.then(async () => {
    active.delete(record);
    await takeOver(state).catch((error: unknown) => tellTrouble(state, error));
  });
}

/** Also what was queued. */
async function takeOver(state: State): Promise<void> {
  const { db, owner } = state.parts;
  const room = activeLimit - state.active.size;
  if (!state.takesOver || state.closing || room <= 0) return;
  for (const run of await findUnownedRuns(db, room)) {
    if (state.closing || state.active.size >= activeLimit) return;
    if (!state.active.has(run.id) && (await claimRun(db, run, owner))) await launch(state, run.id);
  }
}

async function keepLooking(state: State): Promise<void> {
  const { signal } = state.closed;
  while (!signal.aborted) {
    await look(state).then(
      () => (state.troubled = false),
      (error: unknown) => tellTrouble(state, error),
    );
    await sleep(lookInterval, undefined, { signal }).catch(() => undefined);
  }
}

async function look(state: State): Promise<void> {
  const { db, owner } = state.parts;
  if (state.active.size > 0) {
    const before = [...state.active.values()];
    const owned = new Map((await renewLeases(db, owner)).map((run) => [run.id, run]));
    for (const execution of before) {
      const run = owned.get(execution.record);
      if (run?.cancelRequested === true) execution.cancel();
      if (run === undefined && state.active.get(execution.record) === execution)
        await loseUnlessEnded(db, execution);
    }
  }
  await takeOver(state);
}

/** It may have ended between the two looks, which is no loss. */
async function loseUnlessEnded(db: Database, execution: Execution): Promise<void> {
  const record = await getRecord(db, execution.record).catch(() => undefined);
  if (record === undefined || record.status === 'running') execution.lose();
}

/** Once, until it works again. */
function tellTrouble(state: State, error: unknown): void {
  if (!state.troubled && !state.closed.signal.aborted)
    state.parts.log.error(`the leases of runs cannot be renewed: ${String(error)}`, { err: error });
  state.troubled = true;
}
