import { apiFunction } from 'api-deploy';
import { duplicateModule } from './_platform/catalog/copy-module.ts';
import * as modules from './_platform/catalog/modules.ts';
import { moveThing } from './_platform/catalog/move-thing.ts';
import { removeThing } from './_platform/catalog/remove-thing.ts';
import { reorderThings } from './_platform/catalog/reorder-things.ts';
import { toModule } from './_platform/catalog/to-entity.ts';
import type { ProjectChildFilter, Sort } from './_platform/model/listing.ts';
import type { ModuleFields } from './_platform/model/module.ts';
import { database } from './_platform/storage/database.ts';
import { findRow } from './_platform/storage/find-row.ts';

interface NewModule extends ModuleFields {
  /** @integer */
  projectId: number;
}

/**
 * Creates a module in a project: a group of categories, catalog entries and scenarios. Its name must be free in the
 * project, else the answer is 409 NAME_TAKEN.
 */
export const create = apiFunction(({ projectId, ...module }: NewModule) =>
  modules.createModule(projectId, module),
);

/**
 * Gives a module.
 *
 * @readonly
 */
export const get = apiFunction(async (/** @integer */ id: number) =>
  toModule(await findRow(database(), 'modules', id)),
);

/**
 * Lists modules, a page at a time.
 *
 * @param sort `-` begins with the greatest
 * @param page from 1
 * @readonly
 */
export const list = apiFunction(
  (
    filter: ProjectChildFilter = {},
    sort: Sort = 'position',
    /** @integer @minimum 1 */ page = 1,
    /** @integer @minimum 1 @maximum 200 */ pageSize = 50,
  ) => modules.listModules(filter, sort, { page, pageSize }),
);

/**
 * Changes what is named in `changes`. When it was changed by somebody else meanwhile, the answer is 409 CONFLICT with
 * the present version.
 *
 * @param version as it was read
 */
export const update = apiFunction(
  (/** @integer */ id: number, /** @integer */ version: number, changes: Partial<ModuleFields>) =>
    modules.updateModule(id, version, changes),
);

/**
 * Removes a module with its categories, catalog entries, scenarios and variables. Results of earlier runs stay.
 *
 * @destructive
 */
export const remove = apiFunction(async (/** @integer */ id: number) => {
  await removeThing('modules', id);
  return { removed: id };
});

/**
 * Copies a module within its project, with its categories, catalog entries, scenarios and variables; what refers to one
 * another within it does so in the copy.
 *
 * @param name of the copy. Default: that of the original with a number
 */
export const duplicate = apiFunction(
  (/** @integer */ id: number, /** @minLength 1 @maxLength 50 @pattern \S */ name?: string) =>
    duplicateModule(id, name?.trim()),
);

/** Moves a module with all that is in it to another project. */
export const move = apiFunction(async (/** @integer */ id: number, /** @integer */ projectId: number) =>
  toModule(await moveThing('modules', { id, to: projectId })),
);

/**
 * Puts modules of a project first, in this order; its others follow in the order that they have.
 *
 * @param ids at most 10,000
 */
export const reorder = apiFunction(
  async (
    /** @integer */ projectId: number,
    /** @minItems 1 @maxItems 10000 @uniqueItems */ ids: number[],
  ) => {
    await reorderThings({ table: 'modules', ownerId: projectId }, ids);
    return { reordered: ids.length };
  },
);
