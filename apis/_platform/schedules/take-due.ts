import type { ScheduleTrigger } from '../model/schedule.ts';
import { insertRow } from '../storage/insert-row.ts';
import type { Database } from '../storage/open-database.ts';
import { stamps } from '../storage/stamps.ts';
import type { Row } from '../storage/tables.ts';
import { dueBetween, nextRun } from './cron.ts';

/** A due time later than this (ms) was missed: nobody was there at its time. */
export const lateAfter = 60_000;

/** A run that this process has to start: nobody else does. */
export interface TakenRun {
  /** Id of the row in `scheduleRuns`. */
  id: number;
  schedule: Row<'schedules'>;
  trigger: ScheduleTrigger;
}

/**
 * Takes a schedule that is due: moves it on to its next due time and writes down what is missed, in one transaction
 * that only one process gets through. Gives the run to start, if there is one.
 */
export async function takeDue(
  db: Database,
  schedule: Row<'schedules'>,
  now = new Date(),
): Promise<TakenRun | undefined> {
  if (schedule.nextRunAt === null) return undefined;
  const first = new Date(schedule.nextRunAt);
  const { count, last } = dueBetween(schedule, first, now);
  return await db.transaction().execute(async (db) => {
    const { numUpdatedRows } = await db
      .updateTable('schedules')
      .set({ nextRunAt: nextRun(schedule, now)?.toISOString() ?? null })
      .where('id', '=', schedule.id)
      .where('enabled', '=', 1)
      .where('nextRunAt', '=', schedule.nextRunAt)
      .where('version', '=', schedule.version)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) return undefined;
    const inTime = now.getTime() - last.getTime() <= lateAfter;
    const missed = inTime ? count - 1 : count;
    if (missed > 0) await noteMissed(db, { schedule, dueAt: first, count: missed, reason: 'SERVICE_DOWN' });
    if (!inTime && schedule.catchUp !== 1) return undefined;
    if (await isBusy(db, schedule.id)) {
      if (inTime) await noteMissed(db, { schedule, dueAt: last, count: 1, reason: 'STILL_RUNNING' });
      return undefined;
    }
    return await noteStart(db, { schedule, trigger: inTime ? 'cron' : 'catchUp', dueAt: last });
  });
}

/** Writes down a run that somebody asked for. */
export async function takeManual(db: Database, schedule: Row<'schedules'>): Promise<TakenRun> {
  return await db
    .transaction()
    .execute((db) => noteStart(db, { schedule, trigger: 'manual', dueAt: new Date() }));
}

const reasons = {
  SERVICE_DOWN: 'the service did not run at that time, or was too busy',
  STILL_RUNNING: 'the run before had not ended',
} as const;

interface Missed {
  schedule: Row<'schedules'>;
  dueAt: Date;
  count: number;
  reason: keyof typeof reasons;
}

async function noteMissed(db: Database, { schedule, dueAt, count, reason }: Missed): Promise<void> {
  await db
    .updateTable('schedules')
    .set((set) => ({ missedRuns: set('missedRuns', '+', count) }))
    .where('id', '=', schedule.id)
    .execute();
  await db
    .insertInto('scheduleRuns')
    .values({
      scheduleId: schedule.id,
      trigger: 'cron',
      status: 'missed',
      dueAt: dueAt.toISOString(),
      count,
      recordId: null,
      errorJson: JSON.stringify({ code: reason, message: reasons[reason] }),
      ...stamps(),
    })
    .execute();
}

/** Whether a run that the schedule started by itself goes on. */
async function isBusy(db: Database, schedule: number): Promise<boolean> {
  const row = await db
    .selectFrom('scheduleRuns as run')
    .leftJoin('testRecords as record', 'record.id', 'run.recordId')
    .select('run.id')
    .where('run.scheduleId', '=', schedule)
    .where((where) =>
      where.or([
        where('run.status', '=', 'starting'),
        where.and([where('run.status', '=', 'running'), where('record.status', 'in', ['queued', 'running'])]),
      ]),
    )
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

async function noteStart(
  db: Database,
  { schedule, trigger, dueAt }: { schedule: Row<'schedules'>; trigger: ScheduleTrigger; dueAt: Date },
): Promise<TakenRun> {
  const { id } = await insertRow(db, 'scheduleRuns', {
    scheduleId: schedule.id,
    trigger,
    status: 'starting',
    dueAt: dueAt.toISOString(),
    count: 1,
    recordId: null,
    errorJson: null,
    ...stamps(),
  });
  return { id, schedule, trigger };
}
