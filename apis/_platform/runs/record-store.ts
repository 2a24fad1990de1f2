import { ApiError } from 'api-deploy';
import { sql } from 'kysely';
import type { RunStatus, RunType } from '../model/result.ts';
import type { RunPlan } from '../model/run-plan.ts';
import { hasEnded, type EndStatus, type RunRecord } from '../model/run-record.ts';
import { insertRow } from '../storage/insert-row.ts';
import type { Database } from '../storage/open-database.ts';
import type { Row } from '../storage/tables.ts';
import { leaseEnd } from './lease.ts';

/** What a record begins with. */
export interface NewRun {
  projectId: number;
  plan: RunPlan;
  total: number;
  environmentId?: number | undefined;
  scenarioId?: number | undefined;
  scheduleId?: number | undefined;
}

/** All columns but the plan, which may be large. */
export const recordColumns = [
  'id',
  'projectId',
  'name',
  'type',
  'status',
  'environmentId',
  'scenarioId',
  'scheduleId',
  'total',
  'passed',
  'failed',
  'error',
  'skipped',
  'cancelled',
  'cancelRequested',
  'errorJson',
  'createdAt',
  'startedAt',
  'completedAt',
] as const;

type RecordRow = Pick<Row<'testRecords'>, (typeof recordColumns)[number]>;

/** Makes a record; with `owner` it runs at once, without it is queued. Gives its id. */
export async function insertRecord(db: Database, run: NewRun, owner: string | undefined): Promise<number> {
  const now = new Date().toISOString();
  const { id } = await insertRow(db, 'testRecords', {
    projectId: run.projectId,
    name: run.plan.name.slice(0, 200),
    type: run.plan.type,
    status: owner === undefined ? 'queued' : 'running',
    configJson: JSON.stringify(run.plan),
    environmentId: run.environmentId ?? null,
    scenarioId: run.scenarioId ?? null,
    scheduleId: run.scheduleId ?? null,
    total: run.total,
    passed: 0,
    failed: 0,
    error: 0,
    skipped: 0,
    cancelled: 0,
    cancelRequested: 0,
    owner: owner ?? null,
    leaseUntil: owner === undefined ? null : leaseEnd(),
    errorJson: null,
    createdAt: now,
    updatedAt: now,
    startedAt: owner === undefined ? null : now,
    completedAt: null,
  });
  return id;
}

/** @throws ApiError NOT_FOUND */
export async function getRecord(db: Database, id: number): Promise<RunRecord> {
  const row = await db
    .selectFrom('testRecords')
    .select(recordColumns)
    .where('id', '=', id)
    .where('removing', '=', 0)
    .executeTakeFirst();
  if (row === undefined) throw noRecord(id);
  return toRunRecord(row);
}

export function noRecord(id: number): ApiError {
  return new ApiError(
    'NOT_FOUND',
    `there is no run with the id '${id}'; 'runs.list' names those that are kept`,
    {
      status: 404,
    },
  );
}

/** The plan as it was stored, unchecked. */
export async function readPlan(db: Database, id: number): Promise<RunPlan> {
  const row = await db.selectFrom('testRecords').select('configJson').where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw noRecord(id);
  return JSON.parse(row.configJson) as RunPlan;
}

/**
 * Asks whoever runs it to stop; a run that nobody runs is cancelled at once.
 *
 * @throws ApiError NOT_FOUND; RUN_ENDED when there is nothing to stop
 */
export async function requestCancel(db: Database, id: number): Promise<RunRecord> {
  const now = new Date().toISOString();
  const queued = await db
    .updateTable('testRecords')
    .set({ cancelRequested: 1, status: 'cancelled', completedAt: now, updatedAt: now })
    .where('id', '=', id)
    .where('status', '=', 'queued')
    .executeTakeFirst();
  if (queued.numUpdatedRows === 0n)
    await db
      .updateTable('testRecords')
      .set({ cancelRequested: 1, updatedAt: now })
      .where('id', '=', id)
      .where('status', '=', 'running')
      .execute();
  const record = await getRecord(db, id);
  if (!record.cancelRequested && hasEnded(record.status))
    throw new ApiError(
      'RUN_ENDED',
      `the run ${id} cannot be cancelled: it ended as '${record.status}' at ${record.completedAt ?? '?'}`,
      { status: 409 },
    );
  return record;
}

export interface RunEnding {
  status: EndStatus;
  error?: { code: string; message: string };
}

/** Ends a run that `owner` has. False: it has another owner by now. */
export async function endRecord(
  db: Database,
  { id, owner }: { id: number; owner: string },
  { status, error }: RunEnding,
): Promise<boolean> {
  const now = new Date().toISOString();
  const results = sql<number>`passed + failed + error + skipped + cancelled`;
  const { numUpdatedRows } = await db
    .updateTable('testRecords')
    .set({
      status,
      errorJson: error === undefined ? null : JSON.stringify(error),
      // An estimate while it ran; what came after all is known now. What was not begun stays visible as the difference.
      total: sql`case when ${results} > total then ${results} else total end`,
      owner: null,
      leaseUntil: null,
      completedAt: now,
      updatedAt: now,
    })
    .where('id', '=', id)
    .where('status', '=', 'running')
    .where('owner', '=', owner)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export function toRunRecord(row: RecordRow): RunRecord {
  return {
    id: row.id,
    projectId: row.projectId,
    name: row.name,
    type: row.type as RunType,
    status: row.status as RunStatus,
    counts: {
      total: row.total,
      passed: row.passed,
      failed: row.failed,
      error: row.error,
      skipped: row.skipped,
      cancelled: row.cancelled,
    },
    environmentId: row.environmentId,
    scenarioId: row.scenarioId,
    scheduleId: row.scheduleId,
    cancelRequested: row.cancelRequested === 1,
    ...(row.errorJson === null
      ? {}
      : { error: JSON.parse(row.errorJson) as { code: string; message: string } }),
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    completedAt: row.completedAt,
  };
}
