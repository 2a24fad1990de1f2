import type { RequestResult } from '../model/result.ts';
import type { RunNotice, ScheduleTarget } from '../model/schedule.ts';
import { getRecord } from '../runs/record-store.ts';
import type { Database } from '../storage/open-database.ts';
import type { Row } from '../storage/tables.ts';

const failuresTold = 5;

/** What is to be told of a run. @throws ApiError NOT_FOUND */
export async function toRunNotice(
  db: Database,
  schedule: Row<'schedules'>,
  recordId: number,
): Promise<RunNotice> {
  const { id, name, type, status, counts, startedAt, completedAt, error } = await getRecord(db, recordId);
  return {
    event: 'run.ended',
    ...(await placeOf(db, schedule)),
    run: {
      id,
      name,
      type,
      status,
      counts,
      startedAt,
      completedAt,
      ...(error === undefined ? {} : { error }),
    },
    failures: await firstFailures(db, recordId),
  };
}

/** What is told where there is no run: it could not be started, or this is a test. */
export async function toNoticeWithoutRun(
  db: Database,
  schedule: Row<'schedules'>,
  { event, error }: Pick<RunNotice, 'event'> & Pick<RunNotice['run'], 'error'>,
): Promise<RunNotice> {
  return {
    event,
    ...(await placeOf(db, schedule)),
    run: {
      id: null,
      name: schedule.name,
      type: (JSON.parse(schedule.targetJson) as ScheduleTarget).type,
      status: error === undefined ? 'passed' : 'error',
      counts: { total: 0, passed: 0, failed: 0, error: 0, skipped: 0, cancelled: 0 },
      startedAt: null,
      completedAt: null,
      ...(error === undefined ? {} : { error }),
    },
    failures: [],
  };
}

async function placeOf(
  db: Database,
  { id, name, projectId }: Row<'schedules'>,
): Promise<Pick<RunNotice, 'schedule' | 'project'>> {
  const project = await db
    .selectFrom('projects')
    .select(['id', 'name'])
    .where('id', '=', projectId)
    .executeTakeFirstOrThrow();
  return { schedule: { id, name }, project };
}

async function firstFailures(db: Database, record: number): Promise<RunNotice['failures']> {
  const rows = await db
    .selectFrom('testResults')
    .select(['name', 'iteration', 'path', 'status', 'resultJson'])
    .where('recordId', '=', record)
    .where('status', 'in', ['failed', 'error'])
    .orderBy('sequence')
    .limit(failuresTold)
    .execute();
  return rows.map(({ resultJson, ...row }) => ({
    ...row,
    message: reasonOf(JSON.parse(resultJson) as RequestResult).slice(0, 500),
  }));
}

function reasonOf({ error, assertions, extractions, status }: RequestResult): string {
  if (error !== undefined) return `${error.code}: ${error.message}`;
  const assertion = assertions.find((each) => each.status === 'failed' || each.status === 'error');
  if (assertion !== undefined) {
    return assertion.message === undefined ? assertion.name : `${assertion.name}: ${assertion.message}`;
  }
  const lost = extractions.find((each) => each.status === 'failed');
  return lost === undefined ? status : `${lost.name}: ${lost.message ?? status}`;
}
