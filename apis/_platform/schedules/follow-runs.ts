import { endStatuses } from '../model/run-record.ts';
import type { Database } from '../storage/open-database.ts';
import { queueMessages } from './queue-messages.ts';
import { toRunNotice } from './run-notice.ts';
import { readSchedule } from './schedule-store.ts';

/** Runs that are looked at in one go. */
const atOnce = 50;

/**
 * Looks for runs of schedules that have ended since, and writes down which messages are to be sent about them. Each
 * is done by one process, in one transaction.
 */
export async function followRuns(db: Database): Promise<void> {
  const ended = await db
    .selectFrom('scheduleRuns as run')
    .innerJoin('testRecords as record', 'record.id', 'run.recordId')
    .select(['run.id', 'run.scheduleId', 'record.id as recordId'])
    .where('run.status', '=', 'running')
    .where('record.status', 'in', [...endStatuses])
    .where('record.removing', '=', 0)
    .orderBy('run.id')
    .limit(atOnce)
    .execute();
  for (const run of ended) await noteEnd(db, run);
  // Their records were removed before anybody saw their end.
  await db
    .updateTable('scheduleRuns')
    .set({ status: 'ended', updatedAt: new Date().toISOString() })
    .where('status', '=', 'running')
    .where('recordId', 'is', null)
    .execute();
}

async function noteEnd(
  db: Database,
  run: { id: number; scheduleId: number; recordId: number },
): Promise<void> {
  await db.transaction().execute(async (db) => {
    const { numUpdatedRows } = await db
      .updateTable('scheduleRuns')
      .set({ status: 'ended', updatedAt: new Date().toISOString() })
      .where('id', '=', run.id)
      .where('status', '=', 'running')
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) return;
    const schedule = await readSchedule(db, run.scheduleId);
    await queueMessages(db, { schedule, run, notice: () => toRunNotice(db, schedule, run.recordId) });
  });
}
