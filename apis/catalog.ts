import { apiFunction } from 'api-deploy';
import * as entries from './_platform/catalog/catalog-entries.ts';
import { duplicateEntry } from './_platform/catalog/copy-entry.ts';
import { listCatalog, type CatalogFilter, type CatalogSort } from './_platform/catalog/list-catalog.ts';
import { catalogStatistics } from './_platform/catalog/catalog-statistics.ts';
import { searchCatalog, type SearchScope } from './_platform/catalog/search-catalog.ts';
import { moveEntries } from './_platform/catalog/move-thing.ts';
import { removeThing } from './_platform/catalog/remove-thing.ts';
import { reorderThings } from './_platform/catalog/reorder-things.ts';
import { toCatalogEntry } from './_platform/catalog/to-entity.ts';
import type { CatalogEntryFields } from './_platform/model/catalog-entry.ts';
import './_platform/own-endpoints/follow-reloads.ts';
import { database } from './_platform/storage/database.ts';
import { findRow } from './_platform/storage/find-row.ts';

interface NewCatalogEntry extends CatalogEntryFields {
  /** @integer */
  moduleId: number;
  /** One of the same module. Default: none. @integer */
  categoryId?: number | null;
}

/** Creates a catalog entry: a request with its checks. Entries of a module may share a name. */
export const create = apiFunction(({ moduleId, categoryId = null, ...entry }: NewCatalogEntry) =>
  entries.createCatalogEntry({ moduleId, categoryId }, entry),
);

/**
 * Gives a catalog entry with everything.
 *
 * @readonly
 */
export const get = apiFunction(async (/** @integer */ id: number) =>
  toCatalogEntry(await findRow(database(), 'apis', id)),
);

/**
 * Lists catalog entries, a page at a time, each with its latest result.
 *
 * @param sort `-` begins with the greatest
 * @param page from 1
 * @readonly
 */
export const list = apiFunction(
  (
    filter: CatalogFilter = {},
    sort: CatalogSort = 'position',
    /** @integer @minimum 1 */ page = 1,
    /** @integer @minimum 1 @maximum 200 */ pageSize = 50,
  ) => listCatalog(filter, sort, { page, pageSize }),
);

/**
 * Changes what is named in `changes`. When it was changed by somebody else meanwhile, the answer is 409 CONFLICT with
 * the present version.
 *
 * @param version as it was read
 */
export const update = apiFunction(
  (/** @integer */ id: number, /** @integer */ version: number, changes: Partial<CatalogEntryFields>) =>
    entries.updateCatalogEntry(id, version, changes),
);

/**
 * Removes a catalog entry. Results of earlier runs stay; scenarios that use it fail at that step until they are changed.
 *
 * @destructive
 */
export const remove = apiFunction(async (/** @integer */ id: number) => {
  await removeThing('apis', id);
  return { removed: id };
});

/**
 * Copies a catalog entry within its module and category.
 *
 * @param name of the copy. Default: that of the original with a number
 */
export const duplicate = apiFunction(
  (/** @integer */ id: number, /** @minLength 1 @maxLength 200 @pattern \S */ name?: string) =>
    duplicateEntry(id, name?.trim()),
);

/**
 * Moves catalog entries to the end of a module, in the order given.
 *
 * @param ids at most 10,000
 * @param categoryId one of that module. Default: none
 */
export const move = apiFunction(
  async (
    /** @minItems 1 @maxItems 10000 @uniqueItems */ ids: number[],
    /** @integer */ moduleId: number,
    /** @integer */ categoryId: number | null = null,
  ) => {
    await moveEntries({ ids, moduleId, categoryId });
    return { moved: ids.length };
  },
);

/**
 * Puts catalog entries of a module first, in this order; its others follow in the order that they have.
 *
 * @param ids at most 10,000
 */
export const reorder = apiFunction(
  async (/** @integer */ moduleId: number, /** @minItems 1 @maxItems 10000 @uniqueItems */ ids: number[]) => {
    await reorderThings({ table: 'apis', ownerId: moduleId }, ids);
    return { reordered: ids.length };
  },
);

/**
 * Finds catalog entries by words in name, URL, tags and description, the best first. All words must be there, each by its
 * beginning; Chinese, Japanese and Korean are found anywhere. No more than 2,000 hits are counted in `total`.
 *
 * @param text what to look for
 * @param scope Default: everywhere
 * @param page from 1
 * @readonly
 */
export const search = apiFunction(
  (
    /** @minLength 1 @maxLength 200 */ text: string,
    scope: SearchScope = {},
    /** @integer @minimum 1 @maximum 10000 */ page = 1,
    /** @integer @minimum 1 @maximum 200 */ pageSize = 20,
  ) => searchCatalog(text, scope, { page, pageSize }),
);

/**
 * Counts a project's catalog entries by method, module and category: all of them, those that a run has a result of, and
 * how their last results ended.
 *
 * @readonly
 */
export const statistics = apiFunction((/** @integer */ projectId: number) => catalogStatistics(projectId));
