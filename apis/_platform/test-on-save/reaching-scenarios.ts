import { fromJson } from '../catalog/to-entity.ts';
import type { ProjectSettings } from '../model/project.ts';
import type { Database } from '../storage/open-database.ts';

/** Scenarios of which a run reached the endpoint. */
export async function reachingScenarios(db: Database, endpoint: string) {
  const rows = await db
    .selectFrom('reachedEndpoints')
    .innerJoin('scenarios', 'scenarios.id', 'reachedEndpoints.scenarioId')
    .innerJoin('modules', 'modules.id', 'scenarios.moduleId')
    .innerJoin('projects', 'projects.id', 'modules.projectId')
    .select(['scenarios.id', 'scenarios.name', 'modules.projectId', 'projects.settingsJson'])
    .where('reachedEndpoints.endpoint', '=', endpoint)
    .orderBy('scenarios.id')
    .execute();
  return rows.map(({ id, name, projectId, settingsJson }) => ({
    id,
    name,
    projectId,
    testOnSave: fromJson<ProjectSettings>(settingsJson).testOnSave === true,
  }));
}
