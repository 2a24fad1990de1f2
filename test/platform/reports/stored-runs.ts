import type { RequestResult } from '../../../apis/_platform/model/result.ts';
import type { Database } from '../../../apis/_platform/storage/open-database.ts';
import { countResults } from './make-run.ts';

const now = (): { createdAt: string; updatedAt: string } => {
  const time = new Date().toISOString();
  return { createdAt: time, updatedAt: time };
};

export async function addProject(db: Database): Promise<number> {
  const { id } = await db
    .insertInto('projects')
    .values({ name: 'shop', description: '', authJson: '{"type":"none"}', settingsJson: '{}', ...now() })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export async function addApi(
  db: Database,
  project: number,
  { name, updatedAt }: { name: string; updatedAt: string },
): Promise<number> {
  const { id: moduleId } = await db
    .insertInto('modules')
    .values({
      projectId: project,
      name: 'all',
      icon: '',
      authJson: '{"type":"inherit"}',
      position: 0,
      ...now(),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { id } = await db
    .insertInto('apis')
    .values({
      moduleId,
      name,
      method: 'GET',
      url: 'https://shop.test/orders/1',
      description: '',
      pathParamsJson: '[]',
      paramsJson: '[]',
      headersJson: '[]',
      bodyJson: '{"type":"none"}',
      authJson: '{"type":"inherit"}',
      settingsJson: '{}',
      tagsJson: '[]',
      assertionsJson: '[]',
      extractionsJson: '[]',
      position: 0,
      createdAt: updatedAt,
      updatedAt,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** A run that has ended, with these results. */
export async function addRun(
  db: Database,
  { project, results }: { project: number; results: RequestResult[] },
): Promise<number> {
  const counts = countResults(results);
  const time = new Date().toISOString();
  const { id } = await db
    .insertInto('testRecords')
    .values({
      projectId: project,
      name: 'Nightly',
      type: 'normal',
      status: counts.failed > 0 ? 'failed' : 'passed',
      configJson: '{}',
      ...counts,
      cancelRequested: 0,
      startedAt: time,
      completedAt: time,
      ...now(),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  for (const [sequence, result] of results.entries()) {
    await db
      .insertInto('testResults')
      .values({
        recordId: id,
        sequence,
        iteration: result.iteration,
        path: result.path,
        name: result.name,
        apiId: result.api ?? null,
        status: result.status,
        method: result.request?.method ?? null,
        url: result.request?.url ?? null,
        httpStatus: result.response?.status ?? null,
        time: result.timings?.total ?? null,
        startedAt: result.startedAt,
        resultJson: JSON.stringify(result),
      })
      .execute();
  }
  return id;
}
