import { ApiError } from 'api-deploy';
import type { ScheduleTarget } from '../model/schedule.ts';
import type { Database } from '../storage/open-database.ts';

/**
 * Refuses a target that refers to what is not there, or belongs to another project. Every problem is listed.
 *
 * @throws ApiError INVALID_TARGET
 */
export async function checkTarget(db: Database, projectId: number, target: ScheduleTarget): Promise<void> {
  const problems = [
    ...(await problemsOf(db, projectId, target)),
    ...(await missingOf(db, 'environments', {
      projectId,
      id: target.environmentId,
      path: 'target.environmentId',
    })),
    ...(await missingOf(db, 'datasets', { projectId, id: target.datasetId, path: 'target.datasetId' })),
  ];
  const [first] = problems;
  if (first === undefined) return;
  throw new ApiError('INVALID_TARGET', `${first.path}: ${first.message}`, { status: 422, details: problems });
}

interface Problem {
  path: string;
  message: string;
}

async function problemsOf(db: Database, projectId: number, target: ScheduleTarget): Promise<Problem[]> {
  switch (target.type) {
    case 'scenario': {
      const found = await db
        .selectFrom('scenarios')
        .innerJoin('modules', 'modules.id', 'scenarios.moduleId')
        .select('scenarios.id')
        .where('scenarios.id', '=', target.scenarioId)
        .where('modules.projectId', '=', projectId)
        .executeTakeFirst();
      return found ? [] : [notThere('target.scenarioId', 'scenario', { projectId, id: target.scenarioId })];
    }
    case 'requests':
      return await missingApis(db, projectId, target.apiIds);
    case 'module': {
      const id = target.moduleId;
      return await missingOf(db, 'modules', { projectId, id, path: 'target.moduleId' });
    }
    case 'project':
      return [];
    default: {
      const check: never = target;
      return check;
    }
  }
}

async function missingApis(db: Database, projectId: number, apiIds: readonly number[]): Promise<Problem[]> {
  const rows = await db
    .selectFrom('apis')
    .innerJoin('modules', 'modules.id', 'apis.moduleId')
    .select('apis.id')
    .where('modules.projectId', '=', projectId)
    .where('apis.id', 'in', apiIds)
    .execute();
  const found = new Set(rows.map(({ id }) => id));
  return apiIds.flatMap((id, index) =>
    found.has(id) ? [] : [notThere(`target.apiIds[${index}]`, 'catalog entry', { projectId, id })],
  );
}

async function missingOf(
  db: Database,
  table: 'environments' | 'datasets' | 'modules',
  { projectId, id, path }: { projectId: number; id: number | undefined; path: string },
): Promise<Problem[]> {
  if (id === undefined) return [];
  const row = await db
    .selectFrom(table)
    .select('id')
    .where('id', '=', id)
    .where('projectId', '=', projectId)
    .executeTakeFirst();
  return row === undefined ? [notThere(path, table.slice(0, -1), { projectId, id })] : [];
}

function notThere(
  path: string,
  label: string,
  { projectId, id }: { projectId: number; id: number },
): Problem {
  return { path, message: `there is no ${label} ${id} in project ${projectId}` };
}
