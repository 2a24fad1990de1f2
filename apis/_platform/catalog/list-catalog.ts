import { sql } from 'kysely';
import type { CatalogItem, LastResult } from '../model/catalog-entry.ts';
import type { ModuleChildFilter, Sort } from '../model/listing.ts';
import type { Page } from '../model/page.ts';
import type { ResultStatus } from '../model/result.ts';
import { database } from '../storage/database.ts';
import { directionOf, hasText, listRows, type Paging } from '../storage/list-rows.ts';
import type { Database } from '../storage/open-database.ts';
import { editedOf, fromJson } from './to-entity.ts';

export interface CatalogFilter extends ModuleChildFilter {
  /** Those of this category; null: those without one. @integer */
  categoryId?: number | null;
  /** @maxLength 20 */
  method?: string;
  /** @maxLength 200 */
  tag?: string;
  /** Whether they mirror an endpoint of this service. */
  own?: boolean;
  /** Whether a run has a result of them. */
  tested?: boolean;
}

export type CatalogSort = Sort | 'method' | '-method' | 'url' | '-url';

export async function listCatalog(
  filter: CatalogFilter,
  sort: CatalogSort,
  paging: Paging,
): Promise<Page<CatalogItem>> {
  const { column, direction } = directionOf(sort);
  const db = database();
  const rows = filtered(db, filter)
    .orderBy(`apis.${column}`, direction)
    .orderBy('apis.id', direction)
    .select(itemColumns);
  const page = await listRows(rows, paging);
  return { ...page, items: await toItems(db, page.items) };
}

/** Columns of a list's items, in a query that joins `modules`. */
export const itemColumns = [
  'apis.id',
  'apis.version',
  'apis.position',
  'apis.createdAt',
  'apis.updatedAt',
  'modules.projectId',
  'apis.moduleId',
  'apis.categoryId',
  'apis.name',
  'apis.description',
  'apis.method',
  'apis.url',
  'apis.tagsJson',
  'apis.ownEndpoint',
] as const;

type ItemRow = Omit<CatalogItem, 'tags' | 'lastResult'> & { tagsJson: string };

export async function toItems(db: Database, rows: readonly ItemRow[]): Promise<CatalogItem[]> {
  const items: CatalogItem[] = [];
  for (const row of rows) {
    const { projectId, moduleId, categoryId, name, description, method, url, ownEndpoint } = row;
    items.push({
      ...editedOf(row),
      projectId,
      moduleId,
      categoryId,
      name,
      description,
      method,
      url,
      tags: fromJson(row.tagsJson),
      ownEndpoint,
      lastResult: await lastResultOf(db, row.id),
    });
  }
  return items;
}

function filtered(db: Database, filter: CatalogFilter) {
  const { projectId, moduleId, categoryId, method, tag, text, own, tested } = filter;
  let rows = db.selectFrom('apis').innerJoin('modules', 'modules.id', 'apis.moduleId');
  if (projectId !== undefined) rows = rows.where('modules.projectId', '=', projectId);
  if (moduleId !== undefined) rows = rows.where('apis.moduleId', '=', moduleId);
  if (categoryId === null) rows = rows.where('apis.categoryId', 'is', null);
  else if (categoryId !== undefined) rows = rows.where('apis.categoryId', '=', categoryId);
  if (method !== undefined) rows = rows.where('apis.method', '=', method.toUpperCase());
  if (tag !== undefined) rows = rows.where(hasText(['apis.tagsJson'], JSON.stringify(tag)));
  if (text !== undefined) rows = rows.where(hasText(['apis.name', 'apis.url', 'apis.description'], text));
  if (own !== undefined) rows = rows.where('apis.ownEndpoint', own ? 'is not' : 'is', null);
  if (tested !== undefined) {
    const results = sql<boolean>`exists (select 1 from test_results where test_results.api_id = apis.id)`;
    rows = rows.where(tested ? results : sql<boolean>`not ${results}`);
  }
  return rows;
}

async function lastResultOf(db: Database, id: number): Promise<LastResult | null> {
  const row = await db
    .selectFrom('testResults')
    .select(['status', 'recordId', 'startedAt', 'time'])
    .where('apiId', '=', id)
    .orderBy('startedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : { ...row, status: row.status as ResultStatus };
}
