import type { Auth } from '../model/request.ts';
import type { PlanRequest, PlanScenario } from '../model/run-plan.ts';
import type { ScenarioSteps } from '../model/scenario.ts';
import { findRow } from '../storage/find-row.ts';
import type { Database } from '../storage/open-database.ts';
import { loadRequests, resolveAuth } from './load-request.ts';
import { fromJson } from './to-entity.ts';
import { walkScenario } from './walk-steps.ts';

export interface LoadedScenario {
  projectId: number;
  name: string;
  /** It and every scenario that it reaches, by id. */
  scenarios: { [id: string]: PlanScenario };
  /** Catalog entries that steps of these refer to, by id. */
  apis: { [id: string]: PlanRequest };
  /** Modules whose variables hold for one of them. */
  moduleIds: number[];
}

/**
 * A scenario with everything that it reaches, by value.
 *
 * @throws ApiError NOT_FOUND for it, and for whatever it refers to
 */
export async function loadScenario(db: Database, id: number): Promise<LoadedScenario> {
  const scenarios: LoadedScenario['scenarios'] = {};
  const apiIds = new Set<number>();
  const first = await findRow(db, 'scenarios', id);
  const waiting = [id];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (scenarios[next] !== undefined) continue;
    const scenario = await planScenario(db, next);
    scenarios[next] = scenario;
    for (const { step } of walkScenario(scenario.steps)) {
      if (step.type === 'api') apiIds.add(step.api);
      if (step.type === 'scenario') waiting.push(step.scenario);
    }
  }
  const requests = await loadRequests(db, [...apiIds]);
  const modules = [...Object.values(scenarios), ...requests].flatMap(({ module }) => module ?? []);
  const { projectId } = await findRow(db, 'modules', first.moduleId);
  return {
    projectId,
    name: first.name,
    scenarios,
    apis: Object.fromEntries(requests.map((request) => [String(request.api), request])),
    moduleIds: [...new Set(modules)],
  };
}

async function planScenario(db: Database, id: number): Promise<PlanScenario> {
  const row = await findRow(db, 'scenarios', id);
  const { authJson, projectAuth } = await db
    .selectFrom('modules')
    .innerJoin('projects', 'projects.id', 'modules.projectId')
    .select(['modules.authJson', 'projects.authJson as projectAuth'])
    .where('modules.id', '=', row.moduleId)
    .executeTakeFirstOrThrow();
  return {
    name: row.name,
    module: row.moduleId,
    auth: resolveAuth([fromJson<Auth>(authJson), fromJson<Auth>(projectAuth)]),
    steps: fromJson<ScenarioSteps>(row.stepsJson),
  };
}
