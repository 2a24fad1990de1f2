import { ApiError } from 'api-deploy';
import type { Database } from '../../storage/open-database.ts';
import { findRow } from '../../storage/find-row.ts';

/** Runs of a project from a moment on. */
export interface StatsWindow {
  projectId: number;
  /** ISO 8601; by the creation of the run. */
  from: string;
  until: string;
}

const day = 24 * 60 * 60 * 1000;

/** @throws ApiError NOT_FOUND */
export async function openWindow(db: Database, project: number, days: number): Promise<StatsWindow> {
  await findRow(db, 'projects', project);
  const now = Date.now();
  return {
    projectId: project,
    from: new Date(now - days * day).toISOString(),
    until: new Date(now).toISOString(),
  };
}

/** @throws ApiError INVALID_TIME_ZONE */
export function checkTimeZone(timeZone: string): void {
  try {
    Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw new ApiError(
      'INVALID_TIME_ZONE',
      `expected a time zone such as 'Asia/Shanghai', 'Europe/Berlin' or 'UTC', got '${timeZone}'`,
      { status: 422 },
    );
  }
}

/** Results within the window, with their runs as `record`. */
export function resultsWithin(db: Database, { projectId, from, until }: StatsWindow) {
  return db
    .selectFrom('testRecords as record')
    .innerJoin('testResults as result', 'result.recordId', 'record.id')
    .where('record.projectId', '=', projectId)
    .where('record.removing', '=', 0)
    .where('record.createdAt', '>=', from)
    .where('record.createdAt', '<=', until);
}
