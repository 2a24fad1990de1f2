import { isApiError } from 'api-deploy';
import type { ScheduleTarget, ScheduleTrigger } from '../model/schedule.ts';
import type { NewRun } from '../runs/record-store.ts';
import type { Database } from '../storage/open-database.ts';
import { planTarget } from './plan-target.ts';
import { queueMessages } from './queue-messages.ts';
import { toNoticeWithoutRun } from './run-notice.ts';
import { forgetOldHistory } from './schedule-history.ts';
import { readSchedule } from './schedule-store.ts';
import type { TakenRun } from './take-due.ts';

/** What starting a run needs of the runner. */
export interface RunStarter {
  /** Gives the id of the record. */
  start(run: NewRun): Promise<number>;
}

/**
 * Starts what was taken, and writes down which record it is, or why it could not be started.
 *
 * @throws what planning and starting throw, once that is written down
 */
export async function startTaken(db: Database, runner: RunStarter, taken: TakenRun): Promise<number> {
  const { schedule } = taken;
  let recordId: number;
  try {
    const target = JSON.parse(schedule.targetJson) as ScheduleTarget;
    recordId = await runner.start(await planTarget(db, schedule, target));
  } catch (error) {
    await noteFailure(db, taken, error);
    throw error;
  }
  await noteStarted(db, { id: taken.id, scheduleId: schedule.id, recordId });
  await forgetOldHistory(db, schedule.id);
  return recordId;
}

async function noteStarted(
  db: Database,
  { id, scheduleId, recordId }: { id: number; scheduleId: number; recordId: number },
): Promise<void> {
  const updatedAt = new Date().toISOString();
  await db.transaction().execute(async (db) => {
    await db
      .updateTable('scheduleRuns')
      .set({ status: 'running', recordId, updatedAt })
      .where('id', '=', id)
      .execute();
    await db
      .updateTable('schedules')
      .set({ lastRunAt: updatedAt, lastRecordId: recordId })
      .where('id', '=', scheduleId)
      .execute();
  });
}

/** Who is told of results is told of this too, unless somebody waits for the answer. */
async function noteFailure(db: Database, { id, schedule, trigger }: TakenRun, cause: unknown): Promise<void> {
  const error = {
    code: isApiError(cause) ? cause.code : 'START_FAILED',
    message: cause instanceof Error ? cause.message : String(cause),
  };
  await db.transaction().execute(async (db) => {
    const { numUpdatedRows } = await db
      .updateTable('scheduleRuns')
      .set({ status: 'failed', errorJson: JSON.stringify(error), updatedAt: new Date().toISOString() })
      .where('id', '=', id)
      .where('status', '=', 'starting')
      .executeTakeFirst();
    if (numUpdatedRows !== 1n || trigger === 'manual') return;
    const run = { id, scheduleId: schedule.id, recordId: null };
    const notice = () => toNoticeWithoutRun(db, schedule, { event: 'run.notStarted', error });
    await queueMessages(db, { schedule, run, notice });
  });
}

/** A start (ms) that took longer was left behind by a process that ended in the middle. */
const startsWithin = 60_000;
const leftBehind = new Error('the service ended while it started the run');

/** Joins starts that were left behind with their records, or says that they came to nothing. */
export async function mendStarts(db: Database, now = new Date()): Promise<void> {
  const before = new Date(now.getTime() - startsWithin).toISOString();
  const left = await db
    .selectFrom('scheduleRuns')
    .select(['id', 'scheduleId', 'trigger', 'createdAt'])
    .where('status', '=', 'starting')
    .where('createdAt', '<', before)
    .execute();
  for (const { id, scheduleId, trigger, createdAt } of left) {
    const record = await db
      .selectFrom('testRecords')
      .select('id')
      .where('scheduleId', '=', scheduleId)
      .where('createdAt', '>=', createdAt)
      .where((where) =>
        where.not(
          where.exists(
            where.selectFrom('scheduleRuns').select('id').whereRef('recordId', '=', 'testRecords.id'),
          ),
        ),
      )
      .orderBy('id')
      .executeTakeFirst();
    if (record === undefined) {
      const schedule = await readSchedule(db, scheduleId);
      await noteFailure(db, { id, schedule, trigger: trigger as ScheduleTrigger }, leftBehind);
    } else await noteStarted(db, { id, scheduleId, recordId: record.id });
  }
}
