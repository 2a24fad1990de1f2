import { fromJson } from './to-entity.ts';
import type { Json } from '../model/json.ts';
import type { ProjectSettings } from '../model/project.ts';
import type { PlanVariable, RunPlan } from '../model/run-plan.ts';
import { notFound } from '../storage/find-row.ts';
import type { Database } from '../storage/open-database.ts';
import { findRow } from '../storage/find-row.ts';

export interface ScopesToLoad {
  projectId: number;
  /** None: no variables of an environment. */
  environmentId?: number | undefined;
  /** Modules of the requests and scenarios that run. */
  moduleIds: Iterable<number>;
}

export interface LoadedScopes {
  variables: Pick<RunPlan['variables'], 'environment' | 'project' | 'modules'>;
  /** Targets that the project allows beside what is allowed anyway. */
  allow: string[];
}

/**
 * The variables that a run sees, without those that are switched off; secrets stay sealed.
 *
 * @throws ApiError NOT_FOUND for the project, and for an environment that is none of its own
 */
export async function loadScopes(db: Database, scopes: ScopesToLoad): Promise<LoadedScopes> {
  const { projectId, environmentId } = scopes;
  const project = await findRow(db, 'projects', projectId);
  if (environmentId !== undefined) {
    const environment = await findRow(db, 'environments', environmentId);
    if (environment.projectId !== projectId) {
      throw notFound(`environment of project ${projectId} with the id`, environmentId);
    }
  }
  const modules: RunPlan['variables']['modules'] = {};
  for (const id of new Set(scopes.moduleIds)) {
    const variables = await variablesOf(db, 'moduleId', id);
    if (variables.length > 0) modules[id] = variables;
  }
  return {
    variables: {
      environment: environmentId === undefined ? [] : await variablesOf(db, 'environmentId', environmentId),
      project: await variablesOf(db, 'projectId', projectId),
      modules,
    },
    allow: fromJson<ProjectSettings>(project.settingsJson).allow ?? [],
  };
}

async function variablesOf(
  db: Database,
  owner: 'environmentId' | 'moduleId' | 'projectId',
  id: number,
): Promise<PlanVariable[]> {
  const rows = await db
    .selectFrom('variables')
    .select(['name', 'value', 'secret'])
    .where(owner, '=', id)
    .where('enabled', '=', 1)
    .orderBy('name')
    .execute();
  return rows.map(({ name, value, secret }) =>
    secret === 1 ? { name, sealed: value } : { name, value: fromJson<Json>(value) },
  );
}
