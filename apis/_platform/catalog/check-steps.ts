import { ApiError, onLoad, type Service } from 'api-deploy';
import { checkScenario } from '../engine/check-scenario.ts';
import type { CheckedApi } from '../engine/scenario-problem.ts';
import type { RequestBody } from '../model/request.ts';
import type { ScenarioSteps, Step } from '../model/scenario.ts';
import type { ScenarioProblem } from '../model/stored-scenario.ts';
import { findRow } from '../storage/find-row.ts';
import type { Database } from '../storage/open-database.ts';
import { findRequests } from './load-request.ts';
import { fromJson } from './to-entity.ts';
import { walkScenario } from './walk-steps.ts';

let service: Service | undefined;

onLoad((running) => {
  service = running;
});

export interface ScenarioPlace {
  moduleId: number;
  /** None of a scenario that is new. */
  id?: number;
}

/**
 * Checks a scenario without running it. Gives what may be right for some runs, as variables that nothing sets.
 *
 * @throws ApiError SCENARIO_INVALID with everything that would make each run fail, and the paths of the steps
 */
export async function checkSteps(
  db: Database,
  { moduleId, id }: ScenarioPlace,
  steps: ScenarioSteps,
): Promise<ScenarioProblem[]> {
  const scenarios = await reachedScenarios(db, steps);
  const apis = await reachedApis(db, moduleId, [steps, ...scenarios.values()]);
  const endpoints = new Set((service?.endpoints() ?? []).map((endpoint) => endpoint.path));
  const found = checkScenario(steps, {
    api: (api) => apis.get(api),
    scenario: (scenario) => scenarios.get(scenario),
    endpoint: (path) => endpoints.has(path),
    variables: await namesOf(db, moduleId),
    ...(id !== undefined && { self: id }),
  });
  const errors = [
    ...found.filter(({ severity }) => severity === 'error'),
    ...(await missingFiles(db, steps)),
  ].map(({ path, code, message }) => ({ path, code, message }));
  const [first] = errors;
  if (first !== undefined) {
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    throw new ApiError('SCENARIO_INVALID', `${first.path}: ${first.message}${more}`, {
      status: 422,
      details: errors,
    });
  }
  return found.map(({ path, code, message }) => ({ path, code, message }));
}

/** Those that exist, at any depth. */
async function reachedScenarios(db: Database, steps: ScenarioSteps): Promise<Map<number, ScenarioSteps>> {
  const found = new Map<number, ScenarioSteps>();
  const waiting = scenarioIds(steps);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    const row = await db
      .selectFrom('scenarios')
      .select('stepsJson')
      .where('id', '=', next)
      .executeTakeFirst();
    if (row === undefined) continue;
    const nested = fromJson<ScenarioSteps>(row.stepsJson);
    found.set(next, nested);
    waiting.push(...scenarioIds(nested));
  }
  return found;
}

function scenarioIds(steps: ScenarioSteps): number[] {
  return [...walkScenario(steps)].flatMap(({ step }) => (step.type === 'scenario' ? [step.scenario] : []));
}

async function reachedApis(
  db: Database,
  moduleId: number,
  scenarios: readonly ScenarioSteps[],
): Promise<Map<number, CheckedApi>> {
  const ids = scenarios.flatMap((scenario) =>
    [...walkScenario(scenario)].flatMap(({ step }) => (step.type === 'api' ? [step.api] : [])),
  );
  const checked = new Map<number, CheckedApi>();
  const namesOfModules = new Map<number, string[]>();
  for (const [id, { spec, assertions, extractions, module }] of await findRequests(db, ids)) {
    let variables: string[] = [];
    if (module !== undefined && module !== moduleId) {
      variables = namesOfModules.get(module) ?? (await variableNames(db, 'moduleId', [module]));
      namesOfModules.set(module, variables);
    }
    checked.set(id, { spec, assertions, extractions, variables });
  }
  return checked;
}

/** What a run of the module's project may bring: any environment, any dataset. */
async function namesOf(db: Database, moduleId: number): Promise<Set<string>> {
  const { projectId } = await findRow(db, 'modules', moduleId);
  const environments = await db
    .selectFrom('environments')
    .select('id')
    .where('projectId', '=', projectId)
    .execute();
  const datasets = await db
    .selectFrom('datasets')
    .select('columnsJson')
    .where('projectId', '=', projectId)
    .execute();
  return new Set([
    ...(await variableNames(db, 'moduleId', [moduleId])),
    ...(await variableNames(db, 'projectId', [projectId])),
    ...(await variableNames(
      db,
      'environmentId',
      environments.map(({ id }) => id),
    )),
    ...datasets.flatMap(({ columnsJson }) => fromJson<string[]>(columnsJson)),
  ]);
}

async function variableNames(
  db: Database,
  owner: 'environmentId' | 'moduleId' | 'projectId',
  ids: readonly number[],
): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('variables')
    .select('name')
    .distinct()
    .where(owner, 'in', ids)
    .where('enabled', '=', 1)
    .execute();
  return rows.map(({ name }) => name);
}

async function missingFiles(db: Database, steps: ScenarioSteps): Promise<ScenarioProblem[]> {
  const problems: ScenarioProblem[] = [];
  for (const { step, path } of walkScenario(steps)) {
    for (const id of filesOf(bodyOf(step))) {
      const row = await db.selectFrom('files').select('id').where('id', '=', id).executeTakeFirst();
      if (row !== undefined) continue;
      problems.push({ path, code: 'UNKNOWN_REFERENCE', message: `The file ${id} does not exist.` });
    }
  }
  return problems;
}

function bodyOf(step: Step): RequestBody | undefined {
  if (step.type === 'api') return step.with?.body;
  return step.type === 'request' ? step.request.body : undefined;
}

function filesOf(body: RequestBody | undefined): number[] {
  if (body?.type === 'binary') return [body.file];
  if (body?.type === 'multipart') return body.parts.flatMap(({ file }) => file ?? []);
  return [];
}
