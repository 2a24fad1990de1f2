import { sql } from 'kysely';
import type { Page } from '../model/page.ts';
import type { RunStatus, RunType } from '../model/result.ts';
import type { RunRecord } from '../model/run-record.ts';
import type { Database } from '../storage/open-database.ts';
import { likePattern } from './like-pattern.ts';
import { recordColumns, toRunRecord } from './record-store.ts';

export interface RecordFilter {
  projectId?: number | undefined;
  status?: RunStatus[] | undefined;
  type?: RunType | undefined;
  scenarioId?: number | undefined;
  environmentId?: number | undefined;
  scheduleId?: number | undefined;
  /** ISO 8601, by the time of creation; `until` itself is not part of it. */
  from?: string | undefined;
  until?: string | undefined;
  text?: string | undefined;
}

/** Newest first. */
export async function listRecords(
  db: Database,
  filter: RecordFilter,
  { page, pageSize }: { page: number; pageSize: number },
): Promise<Page<RunRecord>> {
  let query = db.selectFrom('testRecords').where('removing', '=', 0);
  if (filter.projectId !== undefined) query = query.where('projectId', '=', filter.projectId);
  if (filter.status !== undefined && filter.status.length > 0)
    query = query.where('status', 'in', filter.status);
  if (filter.type !== undefined) query = query.where('type', '=', filter.type);
  if (filter.scenarioId !== undefined) query = query.where('scenarioId', '=', filter.scenarioId);
  if (filter.environmentId !== undefined) query = query.where('environmentId', '=', filter.environmentId);
  if (filter.scheduleId !== undefined) query = query.where('scheduleId', '=', filter.scheduleId);
  if (filter.from !== undefined) query = query.where('createdAt', '>=', filter.from);
  if (filter.until !== undefined) query = query.where('createdAt', '<', filter.until);
  if (filter.text !== undefined && filter.text !== '')
    query = query.where(sql<boolean>`lower(name) like ${likePattern(filter.text.toLowerCase())} escape '!'`);
  const { total } = await query
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const rows = await query
    .select(recordColumns)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  return { items: rows.map(toRunRecord), total, page, pageSize };
}
