import { apiFunction } from 'api-deploy';
import { moveThing } from './_platform/catalog/move-thing.ts';
import { removeThing } from './_platform/catalog/remove-thing.ts';
import { reorderThings } from './_platform/catalog/reorder-things.ts';
import * as scenarios from './_platform/catalog/scenarios.ts';
import type { ModuleChildFilter, Sort } from './_platform/model/listing.ts';
import type { ScenarioFields } from './_platform/model/stored-scenario.ts';
import { database } from './_platform/storage/database.ts';
import { findRow } from './_platform/storage/find-row.ts';

interface NewScenario extends ScenarioFields {
  /** @integer */
  moduleId: number;
}

/**
 * Creates a scenario in a module: steps that pass values on. Its name must be free in the module, else the answer is 409
 * NAME_TAKEN. Steps that can never run, as they refer to what there is not, are refused with 422 SCENARIO_INVALID;
 * variables that nothing sets are in `warnings`.
 */
export const create = apiFunction(({ moduleId, ...scenario }: NewScenario) =>
  scenarios.createScenario(moduleId, scenario),
);

/**
 * Gives a scenario with its steps.
 *
 * @readonly
 */
export const get = apiFunction(async (/** @integer */ id: number) =>
  scenarios.toScenario(await findRow(database(), 'scenarios', id)),
);

/**
 * Lists scenarios, a page at a time.
 *
 * @param sort `-` begins with the greatest
 * @param page from 1
 * @readonly
 */
export const list = apiFunction(
  (
    filter: ModuleChildFilter = {},
    sort: Sort = 'position',
    /** @integer @minimum 1 */ page = 1,
    /** @integer @minimum 1 @maximum 200 */ pageSize = 50,
  ) => scenarios.listScenarios(filter, sort, { page, pageSize }),
);

/**
 * Changes what is named in `changes`; `steps` all at once. When it was changed by somebody else meanwhile, the answer is
 * 409 CONFLICT with the present version. New steps are checked as with `scenarios/create`.
 *
 * @param version as it was read
 */
export const update = apiFunction(
  (/** @integer */ id: number, /** @integer */ version: number, changes: Partial<ScenarioFields>) =>
    scenarios.updateScenario(id, version, changes),
);

/**
 * Removes a scenario. Its runs stay; scenarios that contain it fail at that step until they are changed.
 *
 * @destructive
 */
export const remove = apiFunction(async (/** @integer */ id: number) => {
  await removeThing('scenarios', id);
  return { removed: id };
});

/**
 * Copies a scenario within its module.
 *
 * @param name of the copy. Default: that of the original with a number
 */
export const duplicate = apiFunction(
  (/** @integer */ id: number, /** @minLength 1 @maxLength 200 @pattern \S */ name?: string) =>
    scenarios.duplicateScenario(id, name?.trim()),
);

/** Moves a scenario to another module. */
export const move = apiFunction(async (/** @integer */ id: number, /** @integer */ moduleId: number) =>
  scenarios.toScenario(await moveThing('scenarios', { id, to: moduleId })),
);

/**
 * Puts scenarios of a module first, in this order; its others follow in the order that they have.
 *
 * @param ids at most 10,000
 */
export const reorder = apiFunction(
  async (/** @integer */ moduleId: number, /** @minItems 1 @maxItems 10000 @uniqueItems */ ids: number[]) => {
    await reorderThings({ table: 'scenarios', ownerId: moduleId }, ids);
    return { reordered: ids.length };
  },
);
