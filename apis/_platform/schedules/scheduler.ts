import { setTimeout as sleep } from 'node:timers/promises';
import type { CallLogger } from 'api-deploy';
import type { Database } from '../storage/open-database.ts';
import { followRuns } from './follow-runs.ts';
import { readSchedule } from './schedule-store.ts';
import { mendStarts, startTaken, type RunStarter } from './start-taken.ts';
import { takeDue, takeManual } from './take-due.ts';
import { deliverWaiting } from './webhooks/deliver-waiting.ts';
import { sendTest } from './webhooks/send-test.ts';
import type { DeliveryOutcome } from './webhooks/judge-answer.ts';
import type { SendParts } from './webhooks/send-message.ts';

/** Milliseconds between two looks at the tables. All processes look; each due time is taken by one. */
const lookInterval = 500;
const mendEvery = 60;

export interface SchedulerParts extends Omit<SendParts, 'signal'> {
  db: Database;
  runner: () => RunStarter;
  log: CallLogger;
}

export interface Scheduler {
  /** From now on it starts what is due, and sends messages about what has ended. */
  begin(): void;
  /** Runs a schedule at once, also a disabled one. Gives the id of the record. @throws ApiError NOT_FOUND, … */
  runNow(schedule: number): Promise<number>;
  testWebhook(schedule: number, webhook: string): Promise<Omit<DeliveryOutcome, 'worthAnotherTry'>>;
  /** Ends when nothing is under way any more. */
  close(): Promise<void>;
}

export function createScheduler(given: SchedulerParts): Scheduler {
  const closed = new AbortController();
  const parts = { ...given, signal: closed.signal };
  const { db } = given;
  let looking: Promise<void> | undefined;
  return {
    begin() {
      looking ??= keepLooking(parts);
    },
    async runNow(id) {
      return await startTaken(db, given.runner(), await takeManual(db, await readSchedule(db, id)));
    },
    testWebhook: (scheduleId, webhookId) => sendTest(parts, { scheduleId, webhookId }),
    async close() {
      closed.abort();
      await looking;
    },
  };
}

type Looking = SchedulerParts & SendParts;

async function keepLooking(parts: Looking): Promise<void> {
  const { signal, log } = parts;
  let troubled = false;
  // Receivers may be slow: due times do not wait for them.
  let delivering: Promise<void> | undefined;
  const tell = (error: unknown): void => {
    if (!troubled && !signal.aborted)
      log.error(`schedules cannot be looked at: ${String(error)}`, { err: error });
    troubled = true;
  };
  for (let turn = 0; !signal.aborted; turn++) {
    try {
      if (turn % mendEvery === 0) await mendStarts(parts.db);
      await startDue(parts);
      await followRuns(parts.db);
      delivering ??= deliverWaiting(parts)
        .catch(tell)
        .finally(() => (delivering = undefined));
      troubled = false;
    } catch (error) {
      tell(error);
    }
    await sleep(lookInterval, undefined, { signal }).catch(() => undefined);
  }
  await delivering;
}

async function startDue(parts: Looking): Promise<void> {
  const { db, signal, log } = parts;
  const due = await db
    .selectFrom('schedules')
    .selectAll()
    .where('enabled', '=', 1)
    .where('nextRunAt', '<=', new Date().toISOString())
    .orderBy('nextRunAt')
    .execute();
  for (const schedule of due) {
    if (signal.aborted) return;
    const taken = await takeDue(db, schedule);
    if (taken === undefined) continue;
    try {
      const record = await startTaken(db, parts.runner(), taken);
      log.info(`schedule '${schedule.name}' (${schedule.id}) started run ${record}`);
    } catch (error) {
      log.warn(`schedule '${schedule.name}' (${schedule.id}) could not start its run: ${String(error)}`);
    }
  }
}
