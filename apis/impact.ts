import { apiFunction, onLoad, type Service } from 'api-deploy';
import type { AffectedEntry, AffectedStep, SaveOutcome } from './_platform/model/save-outcome.ts';
import { database } from './_platform/storage/database.ts';
import './_platform/test-on-save/follow-saves.ts';
import { usersOf } from './_platform/test-on-save/affected-by.ts';
import { readOutcome } from './_platform/test-on-save/lease.ts';
import { loadUsers } from './_platform/test-on-save/load-users.ts';
import { reachingScenarios } from './_platform/test-on-save/reaching-scenarios.ts';

let service: Service;
onLoad((running) => {
  service = running;
});

/** What would notice a change of an endpoint. */
interface Impact {
  endpoint: string;
  /** Catalog entries that send requests to it, or let it judge answers; also the one that mirrors it. */
  entries: AffectedEntry[];
  /** Steps of scenarios that do so, directly or through one of the entries. */
  steps: AffectedStep[];
  /** Scenarios of which a run reached it: they run again when it is saved, where the project has `testOnSave`. */
  scenarios: ReachingScenario[];
}

/** A scenario of which a run reached an endpoint. */
interface ReachingScenario {
  id: number;
  name: string;
  projectId: number;
  /** Whether its project opted in. */
  testOnSave: boolean;
}

/**
 * Tells which catalog entries, steps and scenarios need an endpoint of this service.
 *
 * @param endpoint its path, such as `/orders/create`; it may be one that is gone @minLength 1 @maxLength 1000
 * @readonly
 */
export const of = apiFunction(async (endpoint: string): Promise<Impact> => {
  const { entries, scenarios } = await loadUsers(database(), {
    baseUrl: service.baseUrl,
    endpoints: [endpoint],
  });
  return {
    endpoint,
    ...usersOf(endpoint, entries, scenarios),
    scenarios: await reachingScenarios(database(), endpoint),
  };
});

/**
 * Tells what the tests after the last save gave, or how far they are.
 * A project opts in with the setting `testOnSave`. Null: no save was followed by tests yet.
 *
 * @readonly
 */
export const lastOutcome = apiFunction(
  async (): Promise<SaveOutcome | null> => (await readOutcome(database())) ?? null,
);
