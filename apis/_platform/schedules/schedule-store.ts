import { ApiError } from 'api-deploy';
import type { ProjectChildFilter, Sort } from '../model/listing.ts';
import type { Page } from '../model/page.ts';
import type { Schedule, ScheduleFields, ScheduleTarget, StoredWebhook } from '../model/schedule.ts';
import { findRow, notFound } from '../storage/find-row.ts';
import { insertRow } from '../storage/insert-row.ts';
import { directionOf, hasText, listRows, type Paging } from '../storage/list-rows.ts';
import type { Database } from '../storage/open-database.ts';
import { stamps } from '../storage/stamps.ts';
import type { Row } from '../storage/tables.ts';
import { checkTarget } from './check-target.ts';
import { checkCron, nextRun } from './cron.ts';
import { toSchedule } from './to-schedule.ts';
import { toStoredWebhooks } from './webhooks/stored-webhooks.ts';

/** @throws ApiError NOT_FOUND, INVALID_CRON, INVALID_TIME_ZONE, INVALID_TARGET, INVALID_WEBHOOK */
export async function createSchedule(
  db: Database,
  projectId: number,
  fields: ScheduleFields,
): Promise<Schedule> {
  const { name, cron, timeZone = 'UTC', target, webhooks = [], enabled = true, catchUp = false } = fields;
  checkCron({ cron, timeZone });
  const stored = toStoredWebhooks(webhooks);
  const row = await db.transaction().execute(async (db) => {
    await findRow(db, 'projects', projectId);
    await checkTarget(db, projectId, target);
    return await insertRow(db, 'schedules', {
      projectId,
      name: name.trim(),
      cron,
      timeZone,
      enabled: Number(enabled),
      targetJson: JSON.stringify(target),
      webhooksJson: JSON.stringify(stored),
      nextRunAt: enabled ? dueAfterNow({ cron, timeZone }) : null,
      lastRunAt: null,
      lastRecordId: null,
      missedRuns: 0,
      catchUp: Number(catchUp),
      ...stamps(),
    });
  });
  return toSchedule(row, null);
}

/** @throws ApiError NOT_FOUND */
export async function readSchedule(db: Database, id: number): Promise<Row<'schedules'>> {
  const row = await db.selectFrom('schedules').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw notFound('schedule', id);
  return row;
}

/** @throws ApiError NOT_FOUND */
export async function getSchedule(db: Database, id: number): Promise<Schedule> {
  const row = await readSchedule(db, id);
  return toSchedule(row, await lastResultOf(db, row.lastRecordId));
}

export async function listSchedules(
  db: Database,
  {
    filter: { projectId, text },
    sort,
  }: { filter: Omit<ProjectChildFilter, 'sort'>; sort: Exclude<Sort, 'position'> },
  paging: Paging,
): Promise<Page<Schedule>> {
  const { column, direction } = directionOf(sort);
  let rows = db.selectFrom('schedules').selectAll();
  if (projectId !== undefined) rows = rows.where('projectId', '=', projectId);
  if (text !== undefined) rows = rows.where(hasText(['name'], text));
  const page = await listRows(rows.orderBy(column, direction).orderBy('id', direction), paging);
  const items = await Promise.all(
    page.items.map(async (row) => toSchedule(row, await lastResultOf(db, row.lastRecordId))),
  );
  return { ...page, items };
}

async function lastResultOf(db: Database, record: number | null): Promise<string | null> {
  if (record === null) return null;
  const row = await db.selectFrom('testRecords').select('status').where('id', '=', record).executeTakeFirst();
  return row?.status ?? null;
}

/**
 * Changes what is named in `changes`, whatever its version is when none is given; when it is due next is worked out
 * anew where that changes it.
 *
 * @throws ApiError CONFLICT with the present version, and as `createSchedule` does
 */
export async function updateSchedule(
  db: Database,
  { id, version }: { id: number; version?: number },
  changes: Partial<ScheduleFields>,
): Promise<Schedule> {
  const row = await db.transaction().execute(async (db) => {
    const present = await readSchedule(db, id);
    if (version !== undefined && present.version !== version) throw conflict(present, version);
    if (changes.target !== undefined) await checkTarget(db, present.projectId, changes.target);
    await db
      .updateTable('schedules')
      .set({
        ...columnsOf(present, changes),
        version: present.version + 1,
        updatedAt: new Date().toISOString(),
      })
      .where('id', '=', id)
      .execute();
    return await readSchedule(db, id);
  });
  return toSchedule(row, await lastResultOf(db, row.lastRecordId));
}

function columnsOf(present: Row<'schedules'>, changes: Partial<ScheduleFields>) {
  const cron = changes.cron ?? present.cron;
  const timeZone = changes.timeZone ?? present.timeZone;
  const enabled = changes.enabled ?? present.enabled === 1;
  const { name, target, webhooks, catchUp } = changes;
  const sameTimes = cron === present.cron && timeZone === present.timeZone;
  if (!sameTimes) checkCron({ cron, timeZone });
  const stored = JSON.parse(present.webhooksJson) as StoredWebhook[];
  return {
    cron,
    timeZone,
    enabled: Number(enabled),
    ...(sameTimes && enabled === (present.enabled === 1)
      ? {}
      : { nextRunAt: enabled ? dueAfterNow({ cron, timeZone }) : null }),
    ...(name === undefined ? {} : { name: name.trim() }),
    ...(target === undefined ? {} : { targetJson: JSON.stringify(target satisfies ScheduleTarget) }),
    ...(webhooks === undefined ? {} : { webhooksJson: JSON.stringify(toStoredWebhooks(webhooks, stored)) }),
    ...(catchUp === undefined ? {} : { catchUp: Number(catchUp) }),
  };
}

function dueAfterNow(time: { cron: string; timeZone: string }): string | null {
  return nextRun(time, new Date())?.toISOString() ?? null;
}

function conflict({ id, version, updatedAt }: Row<'schedules'>, given: number): ApiError {
  return new ApiError(
    'CONFLICT',
    `schedule ${id} has version ${version} by now, got '${given}': it was changed meanwhile; read it again, and repeat your change on that version`,
    { status: 409, details: { id, version, updatedAt, given } },
  );
}

/** With its history; its runs stay. @throws ApiError NOT_FOUND */
export async function removeSchedule(db: Database, id: number): Promise<void> {
  const { numDeletedRows } = await db.deleteFrom('schedules').where('id', '=', id).executeTakeFirst();
  if (numDeletedRows === 0n) throw notFound('schedule', id);
}
