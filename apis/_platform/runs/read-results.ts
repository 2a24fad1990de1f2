import { setImmediate as turn } from 'node:timers/promises';
import { ApiError } from 'api-deploy';
import { sql } from 'kysely';
import type { Page } from '../model/page.ts';
import type { RequestResult, ResultStatus } from '../model/result.ts';
import type { ResultSummary } from '../model/run-record.ts';
import type { Database } from '../storage/open-database.ts';
import type { Row } from '../storage/tables.ts';
import { likePattern } from './like-pattern.ts';

const columns = [
  'id',
  'sequence',
  'iteration',
  'path',
  'name',
  'apiId',
  'status',
  'method',
  'url',
  'httpStatus',
  'time',
  'startedAt',
] as const;

type SummaryRow = Pick<Row<'testResults'>, (typeof columns)[number]>;

export interface ResultFilter {
  status?: ResultStatus[] | undefined;
  iteration?: number | undefined;
  /** This step, and all within it. */
  path?: string | undefined;
  /** Anywhere in the name, the URL or the whole result, without regard to case in ASCII. */
  text?: string | undefined;
}

/** In the order of completion. */
export async function pageOfResults(
  db: Database,
  { record, filter }: { record: number; filter: ResultFilter },
  { page, pageSize }: { page: number; pageSize: number },
): Promise<Page<ResultSummary>> {
  if (filter.text !== undefined && filter.text !== '')
    return await pageOfFound(db, { record, filter }, { page, pageSize });
  const query = filtered(db, record, filter);
  const { total } = await query
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const rows = await query
    .select(columns)
    .orderBy('sequence')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  return { items: rows.map(toSummary), total, page, pageSize };
}

/** Results that are looked through at a time: texts are long, and nothing else happens meanwhile. */
const soughtAtOnce = 1_000;

async function pageOfFound(
  db: Database,
  { record, filter }: { record: number; filter: ResultFilter },
  { page, pageSize }: { page: number; pageSize: number },
): Promise<Page<ResultSummary>> {
  const found: number[] = [];
  const { last } = await db
    .selectFrom('testResults')
    .where('recordId', '=', record)
    .select((select) => select.fn.max('sequence').as('last'))
    .executeTakeFirstOrThrow();
  for (let from = 0; from <= (last ?? -1); from += soughtAtOnce) {
    const rows = await filtered(db, record, filter)
      .select('id')
      .where('sequence', '>=', from)
      .where('sequence', '<', from + soughtAtOnce)
      .orderBy('sequence')
      .execute();
    for (const { id } of rows) found.push(id);
    await turn();
  }
  const ids = found.slice((page - 1) * pageSize, page * pageSize);
  const rows =
    ids.length === 0
      ? []
      : await db
          .selectFrom('testResults')
          .select(columns)
          .where('id', 'in', ids)
          .orderBy('sequence')
          .execute();
  return { items: rows.map(toSummary), total: found.length, page, pageSize };
}

function filtered(db: Database, record: number, filter: ResultFilter) {
  let query = db.selectFrom('testResults').where('recordId', '=', record);
  if (filter.status !== undefined && filter.status.length > 0)
    query = query.where('status', 'in', filter.status);
  if (filter.iteration !== undefined) query = query.where('iteration', '=', filter.iteration);
  if (filter.path !== undefined) {
    const { path } = filter;
    const within = path.replace(/[!%_]/g, '!$&');
    query = query.where((where) =>
      where.or([
        where('path', '=', path),
        sql<boolean>`path like ${`${within}.%`} escape '!'`,
        sql<boolean>`path like ${`${within}#%`} escape '!'`,
      ]),
    );
  }
  if (filter.text !== undefined && filter.text !== '') {
    const lower = filter.text.toLowerCase();
    const plain = likePattern(lower);
    const inJson = likePattern(JSON.stringify(lower).slice(1, -1));
    query = query.where(
      sql<boolean>`(lower(name) like ${plain} escape '!' or lower(url) like ${plain} escape '!' or lower(result_json) like ${inJson} escape '!')`,
    );
  }
  return query;
}

/** Summaries after `sequence`, in the order of completion; all that these give are committed. */
export async function resultsAfter(
  db: Database,
  record: number,
  { sequence, limit }: { sequence: number; limit: number },
): Promise<ResultSummary[]> {
  const rows = await db
    .selectFrom('testResults')
    .select(columns)
    .where('recordId', '=', record)
    .where('sequence', '>', sequence)
    .orderBy('sequence')
    .limit(limit)
    .execute();
  return rows.map(toSummary);
}

/** A result as a whole, by its id. */
export interface WholeResult extends RequestResult {
  id: number;
  recordId: number;
}

/** @throws ApiError NOT_FOUND */
export async function getResult(db: Database, id: number): Promise<WholeResult> {
  const row = await db
    .selectFrom('testResults')
    .select(['id', 'recordId', 'resultJson'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined)
    throw new ApiError(
      'NOT_FOUND',
      `there is no result with the id '${id}'; 'runs.results' of a run gives the ids`,
      {
        status: 404,
      },
    );
  return { id: row.id, recordId: row.recordId, ...(JSON.parse(row.resultJson) as RequestResult) };
}

const wholeResultsAtOnce = 50;

/** All results of a record as a whole, in the order of completion, a few in memory at a time. */
export async function* allResults(db: Database, record: number): AsyncGenerator<WholeResult> {
  for (let sequence = -1; ;) {
    const rows = await db
      .selectFrom('testResults')
      .select(['id', 'sequence', 'resultJson'])
      .where('recordId', '=', record)
      .where('sequence', '>', sequence)
      .orderBy('sequence')
      .limit(wholeResultsAtOnce)
      .execute();
    for (const row of rows)
      yield { id: row.id, recordId: record, ...(JSON.parse(row.resultJson) as RequestResult) };
    const last = rows.at(-1);
    if (last === undefined || rows.length < wholeResultsAtOnce) return;
    ({ sequence } = last);
  }
}

function toSummary({ apiId, ...row }: SummaryRow): ResultSummary {
  return { ...row, api: apiId, status: row.status as ResultStatus };
}
