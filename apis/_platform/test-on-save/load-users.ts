import { fromJson } from '../catalog/to-entity.ts';
import type { ScenarioSteps } from '../model/scenario.ts';
import { isChanged } from '../own-endpoints/own-entry.ts';
import { lastOf, presentOf } from '../own-endpoints/own-rows.ts';
import { hasText } from '../storage/list-rows.ts';
import type { Database } from '../storage/open-database.ts';
import type { KnownEntry, KnownScenario } from './affected-by.ts';
import { ownPathOf, type OwnAddress } from './own-targets.ts';

export interface Users {
  entries: KnownEntry[];
  scenarios: KnownScenario[];
}

export interface UsersOf {
  /** Where this service listens. */
  baseUrl: string | undefined;
  endpoints: readonly string[];
}

/** All that may use one of the endpoints of this service, in all projects. */
export async function loadUsers(db: Database, { baseUrl, endpoints }: UsersOf): Promise<Users> {
  const addresses = await loadAddresses(db, baseUrl);
  const entries = await db
    .selectFrom('apis')
    .innerJoin('modules', 'modules.id', 'apis.moduleId')
    .selectAll('apis')
    .select('modules.projectId')
    .where((row) =>
      row.or(
        endpoints.flatMap((endpoint) => [
          row('apis.ownEndpoint', '=', endpoint),
          hasText(['apis.url', 'apis.assertionsJson'], endpoint),
        ]),
      ),
    )
    .orderBy('apis.id')
    .execute();
  const scenarios = await db
    .selectFrom('scenarios')
    .innerJoin('modules', 'modules.id', 'scenarios.moduleId')
    .select(['scenarios.id', 'scenarios.name', 'scenarios.stepsJson', 'modules.projectId'])
    .orderBy('scenarios.id')
    .execute();
  return {
    entries: entries.map((row) => ({
      id: row.id,
      name: row.name,
      endpoint: row.ownEndpoint ?? ownPathOf(row.url, addresses(row.projectId)),
      assertions: fromJson(row.assertionsJson),
      follows: row.ownEndpoint !== null && row.ownJson !== null && !isChanged(presentOf(row), lastOf(row)),
    })),
    scenarios: scenarios.map(({ id, name, stepsJson, projectId }) => ({
      id,
      name,
      steps: fromJson<ScenarioSteps>(stepsJson),
      endpointOf: (url: string) => ownPathOf(url, addresses(projectId)),
    })),
  };
}

/** What the variable `baseUrl` is in each project; secrets are not looked into. */
async function loadAddresses(
  db: Database,
  baseUrl: string | undefined,
): Promise<(projectId: number) => OwnAddress> {
  const rows = await db
    .selectFrom('variables')
    .leftJoin('environments', 'environments.id', 'variables.environmentId')
    .leftJoin('modules', 'modules.id', 'variables.moduleId')
    .select([
      'variables.value',
      'variables.projectId as own',
      'environments.projectId as ofEnvironment',
      'modules.projectId as ofModule',
    ])
    .where('variables.name', '=', 'baseUrl')
    .where('variables.secret', '=', 0)
    .where('variables.enabled', '=', 1)
    .execute();
  const byProject = new Map<number, string[]>();
  for (const { value, own, ofEnvironment, ofModule } of rows) {
    const projectId = own ?? ofEnvironment ?? ofModule;
    const url = fromJson<unknown>(value);
    if (projectId === null || typeof url !== 'string') continue;
    byProject.set(projectId, [...(byProject.get(projectId) ?? []), url]);
  }
  return (projectId) => ({ baseUrl, baseUrls: byProject.get(projectId) ?? [] });
}
