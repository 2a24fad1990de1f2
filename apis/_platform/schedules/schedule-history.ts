import type { Page } from '../model/page.ts';
import type { ScheduleRun, WebhookDelivery } from '../model/schedule.ts';
import { listRows, type Paging } from '../storage/list-rows.ts';
import type { Database } from '../storage/open-database.ts';
import { toDelivery, toScheduleRun } from './to-schedule.ts';

/** What became of a schedule's due times, newest first. */
export async function listHistory(
  db: Database,
  schedule: number,
  paging: Paging,
): Promise<Page<ScheduleRun>> {
  const rows = db
    .selectFrom('scheduleRuns as run')
    .leftJoin('testRecords as record', 'record.id', 'run.recordId')
    .where('run.scheduleId', '=', schedule)
    .select([
      'run.id',
      'run.trigger',
      'run.status',
      'run.dueAt',
      'run.count',
      'run.recordId',
      'run.errorJson',
      'run.createdAt',
      'record.status as result',
    ])
    .orderBy('run.id', 'desc');
  const page = await listRows(rows, paging);
  return { ...page, items: page.items.map(({ result, ...row }) => toScheduleRun(row, result)) };
}

/** The messages about a schedule's runs, newest first. */
export async function listDeliveries(
  db: Database,
  schedule: number,
  paging: Paging,
): Promise<Page<WebhookDelivery>> {
  const rows = db
    .selectFrom('webhookDeliveries')
    .selectAll()
    .where('scheduleId', '=', schedule)
    .orderBy('id', 'desc');
  const page = await listRows(rows, paging);
  return { ...page, items: page.items.map(toDelivery) };
}

/** Entries of one schedule that are kept. */
const keptRuns = 500;

export async function forgetOldHistory(db: Database, schedule: number): Promise<void> {
  for (const table of ['scheduleRuns', 'webhookDeliveries'] as const) {
    const oldest = await db
      .selectFrom(table)
      .select('id')
      .where('scheduleId', '=', schedule)
      .orderBy('id', 'desc')
      .limit(1)
      .offset(keptRuns)
      .executeTakeFirst();
    if (oldest === undefined) continue;
    await db.deleteFrom(table).where('scheduleId', '=', schedule).where('id', '<=', oldest.id).execute();
  }
}
