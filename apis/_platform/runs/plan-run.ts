import { ApiError } from 'api-deploy';
import { loadRequests } from '../catalog/load-request.ts';
import { loadScenario } from '../catalog/load-scenario.ts';
import { loadScopes } from '../catalog/load-scopes.ts';
import type { RunOptions } from '../model/run-options.ts';
import type { PlanRequest, RunPlan } from '../model/run-plan.ts';
import type { RunType } from '../model/result.ts';
import type { Database } from '../storage/open-database.ts';
import { countRows } from './dataset-rows.ts';
import { expectedResults } from '../engine/expected-results.ts';
import type { NewRun } from './record-store.ts';

/** Requests that one plan holds at most: it is stored as a whole. */
export const requestLimit = 10_000;

export interface RequestsToRun {
  type: Exclude<RunType, 'scenario'>;
  /** Ids of catalog entries of one project, in the order in which they are sent. */
  apiIds: readonly number[];
}

/** What callers of the functions may not say. */
export interface PlanOptions extends RunOptions {
  /** Whether a sequence ends its iteration at the first request that did not pass. */
  stopOnFailure?: boolean | undefined;
  /** Id of the schedule that starts it. */
  scheduleId?: number | undefined;
}

/**
 * Plans a run of catalog entries.
 *
 * @throws ApiError NOT_FOUND, DIFFERENT_PROJECTS, NOTHING_TO_RUN, TOO_MANY_REQUESTS
 */
export async function planRequests(
  db: Database,
  { type, apiIds }: RequestsToRun,
  options: PlanOptions,
): Promise<NewRun> {
  if (apiIds.length === 0)
    throw new ApiError(
      'NOTHING_TO_RUN',
      'no catalog entry was chosen; give ids, or a filter that finds some',
      {
        status: 422,
      },
    );
  checkNumber(apiIds.length);
  const requests = await loadRequests(db, apiIds);
  const projectId = await projectOf(db, requests);
  const [first] = requests;
  const name = requests.length === 1 && first !== undefined ? first.name : `${requests.length} requests`;
  return await planOf(db, { projectId, type, name, requests }, options);
}

/**
 * Plans a run of a request that is not in the catalog; `moduleId` gives it the variables of that module.
 *
 * @throws ApiError NOT_FOUND
 */
export async function planRequest(
  db: Database,
  { projectId, request }: { projectId: number; request: PlanRequest },
  options: PlanOptions,
): Promise<NewRun> {
  if (request.module !== undefined && (await projectOfModules(db, [request.module]))[0] !== projectId)
    throw new ApiError('NOT_FOUND', `there is no module ${request.module} in project ${projectId}`, {
      status: 404,
      details: { kind: 'module', id: request.module },
    });
  return await planOf(db, { projectId, type: 'normal', name: request.name, requests: [request] }, options);
}

/**
 * Plans a run of a scenario, with everything that it reaches as it is now.
 *
 * @throws ApiError NOT_FOUND for it, and for whatever it refers to
 */
export async function planScenario(db: Database, scenarioId: number, options: PlanOptions): Promise<NewRun> {
  const { projectId, name, scenarios, apis, moduleIds } = await loadScenario(db, scenarioId);
  const content: PlanContent = {
    projectId,
    type: 'scenario',
    name,
    requests: [],
    scenario: String(scenarioId),
    scenarios,
    apis,
    moduleIds,
  };
  const run = await planOf(db, content, options);
  return { ...run, scenarioId };
}

interface PlanContent extends Pick<RunPlan, 'type' | 'name'> {
  projectId: number;
  requests: PlanRequest[];
  scenario?: string;
  scenarios?: RunPlan['scenarios'];
  apis?: RunPlan['apis'];
  moduleIds?: readonly number[];
}

async function planOf(db: Database, content: PlanContent, options: PlanOptions): Promise<NewRun> {
  const { projectId, type, requests, scenario, scenarios = {}, apis = {} } = content;
  const { environmentId, datasetId, scheduleId } = options;
  const moduleIds = content.moduleIds ?? requests.flatMap(({ module }) => module ?? []);
  const { variables, allow } = await loadScopes(db, { projectId, environmentId, moduleIds });
  const rows = await rowsOf(db, projectId, options);
  const plan: RunPlan = {
    version: 1,
    type,
    name: options.name ?? content.name,
    requests,
    ...(scenario === undefined ? {} : { scenario }),
    scenarios,
    apis,
    variables: { ...variables, ...(options.variables === undefined ? {} : { given: options.variables }) },
    ...(datasetId === undefined ? {} : { dataset: { id: datasetId } }),
    ...(options.rows === undefined ? {} : { dataset: { rows: options.rows } }),
    ...definedOf(options, [
      'iterations',
      'concurrency',
      'ratePerSecond',
      'bail',
      'stopOnFailure',
      'keepBytes',
    ]),
    allow,
    seed: crypto.randomUUID(),
  };
  return { projectId, plan, total: expectedResults(plan, rows), environmentId, scheduleId };
}

/** The number of rows; undefined without a dataset. */
async function rowsOf(
  db: Database,
  projectId: number,
  { datasetId, rows }: RunOptions,
): Promise<number | undefined> {
  if (datasetId !== undefined && rows !== undefined)
    throw new ApiError(
      'INVALID_REQUEST',
      `expected either 'datasetId' or 'rows', got both (dataset ${datasetId}, ${rows.length} rows)`,
      { status: 422 },
    );
  if (rows?.length === 0)
    throw new ApiError(
      'DATASET_EMPTY',
      "'rows' is empty, so that nothing would run; leave it out to run once",
      {
        status: 422,
      },
    );
  return datasetId === undefined ? rows?.length : await countRows(db, datasetId, projectId);
}

/** Only what was given: the plan is stored, and says nothing about defaults. */
function definedOf<K extends keyof PlanOptions & keyof RunPlan>(
  options: PlanOptions,
  names: readonly K[],
): Partial<Pick<RunPlan, K>> {
  const given = names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]]));
  return Object.fromEntries(given) as Partial<Pick<RunPlan, K>>;
}

/** @throws ApiError TOO_MANY_REQUESTS */
export function checkNumber(requests: number): void {
  if (requests <= requestLimit) return;
  throw new ApiError(
    'TOO_MANY_REQUESTS',
    `expected at most ${requestLimit} requests in one run, got ${requests}; use iterations for repetitions, or several runs`,
    { status: 422 },
  );
}

async function projectOf(db: Database, requests: readonly PlanRequest[]): Promise<number> {
  const modules = [...new Set(requests.flatMap(({ module }) => module ?? []))];
  const [project, ...others] = await projectOfModules(db, modules);
  if (project !== undefined && others.length === 0) return project;
  throw new ApiError(
    'DIFFERENT_PROJECTS',
    `expected catalog entries of one project, got some of projects ${[project, ...others].join(', ')}; start one run for each`,
    { status: 422 },
  );
}

async function projectOfModules(db: Database, modules: readonly number[]): Promise<number[]> {
  const rows = await db
    .selectFrom('modules')
    .select('projectId')
    .distinct()
    .where('id', 'in', modules)
    .orderBy('projectId')
    .execute();
  return rows.map(({ projectId }) => projectId);
}
