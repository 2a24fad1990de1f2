import { apiFunction } from 'api-deploy';
import * as categories from './_platform/catalog/categories.ts';
import { duplicateCategory } from './_platform/catalog/copy-category.ts';
import { moveThing } from './_platform/catalog/move-thing.ts';
import { removeThing } from './_platform/catalog/remove-thing.ts';
import { reorderThings } from './_platform/catalog/reorder-things.ts';
import { toCategory } from './_platform/catalog/to-entity.ts';
import type { CategoryFields } from './_platform/model/category.ts';
import type { ModuleChildFilter, Sort } from './_platform/model/listing.ts';
import { database } from './_platform/storage/database.ts';
import { findRow } from './_platform/storage/find-row.ts';

interface NewCategory extends CategoryFields {
  /** @integer */
  moduleId: number;
}

/**
 * Creates a category of catalog entries in a module. Its name must be free in the module, else the answer is 409
 * NAME_TAKEN.
 */
export const create = apiFunction(({ moduleId, ...category }: NewCategory) =>
  categories.createCategory(moduleId, category),
);

/**
 * Gives a category.
 *
 * @readonly
 */
export const get = apiFunction(async (/** @integer */ id: number) =>
  toCategory(await findRow(database(), 'categories', id)),
);

/**
 * Lists categories, a page at a time.
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
  ) => categories.listCategories(filter, sort, { page, pageSize }),
);

/**
 * Changes what is named in `changes`. When it was changed by somebody else meanwhile, the answer is 409 CONFLICT with
 * the present version.
 *
 * @param version as it was read
 */
export const update = apiFunction(
  (/** @integer */ id: number, /** @integer */ version: number, changes: Partial<CategoryFields>) =>
    categories.updateCategory(id, version, changes),
);

/**
 * Removes a category. Its catalog entries stay, without a category.
 *
 * @destructive
 */
export const remove = apiFunction(async (/** @integer */ id: number) => {
  await removeThing('categories', id);
  return { removed: id };
});

/**
 * Copies a category within its module, with its catalog entries.
 *
 * @param name of the copy. Default: that of the original with a number
 */
export const duplicate = apiFunction(
  (/** @integer */ id: number, /** @minLength 1 @maxLength 100 @pattern \S */ name?: string) =>
    duplicateCategory(id, name?.trim()),
);

/** Moves a category with its catalog entries to another module. */
export const move = apiFunction(async (/** @integer */ id: number, /** @integer */ moduleId: number) =>
  toCategory(await moveThing('categories', { id, to: moduleId })),
);

/**
 * Puts categories of a module first, in this order; its others follow in the order that they have.
 *
 * @param ids at most 10,000
 */
export const reorder = apiFunction(
  async (/** @integer */ moduleId: number, /** @minItems 1 @maxItems 10000 @uniqueItems */ ids: number[]) => {
    await reorderThings({ table: 'categories', ownerId: moduleId }, ids);
    return { reordered: ids.length };
  },
);
