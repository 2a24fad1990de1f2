import { fromJson } from '../catalog/to-entity.ts';
import type { ProjectSettings } from '../model/project.ts';
import type { Database } from '../storage/open-database.ts';

export interface ChosenScenario {
  id: number;
  name: string;
}

/** Scenarios of projects that opted in, of which an earlier run reached one of the endpoints. */
export async function chooseScenarios(db: Database, touched: readonly string[]): Promise<ChosenScenario[]> {
  const projects = await db.selectFrom('projects').select(['id', 'settingsJson']).execute();
  const willing = projects
    .filter(({ settingsJson }) => fromJson<ProjectSettings>(settingsJson).testOnSave === true)
    .map(({ id }) => id);
  if (willing.length === 0) return [];
  const endpoints = new Set(touched);
  const rows = await db
    .selectFrom('reachedEndpoints')
    .innerJoin('scenarios', 'scenarios.id', 'reachedEndpoints.scenarioId')
    .innerJoin('modules', 'modules.id', 'scenarios.moduleId')
    .select(['scenarios.id', 'scenarios.name', 'reachedEndpoints.endpoint'])
    .where('modules.projectId', 'in', willing)
    .orderBy('scenarios.id')
    .execute();
  const chosen = new Map<number, ChosenScenario>();
  for (const { id, name, endpoint } of rows) if (endpoints.has(endpoint)) chosen.set(id, { id, name });
  return [...chosen.values()];
}
