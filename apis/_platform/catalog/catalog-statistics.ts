import { sql } from 'kysely';
import { resultStatuses, type ResultStatus } from '../model/result.ts';
import { database } from '../storage/database.ts';
import { findRow } from '../storage/find-row.ts';

export interface CatalogCounts {
  total: number;
  /** Those that a run has a result of. */
  tested: number;
  untested: number;
  /** Of those that were tested, how the latest result ended. */
  last: { [Status in ResultStatus]: number };
}

export interface CatalogStatistics extends CatalogCounts {
  byMethod: ({ method: string } & CatalogCounts)[];
  byModule: ({ moduleId: number; name: string } & CatalogCounts)[];
  /** `categoryId` null: entries without a category. */
  byCategory: ({ moduleId: number; categoryId: number | null; name: string | null } & CatalogCounts)[];
}

/** @throws ApiError NOT_FOUND */
export async function catalogStatistics(projectId: number): Promise<CatalogStatistics> {
  const db = database();
  await findRow(db, 'projects', projectId);
  const { rows } = await sql<Group>`
    select module_id, module_name, category_id, category_name, method, status, count(*) as count
    from (
      select modules.id as module_id, modules.name as module_name, modules.position as module_position,
        categories.id as category_id, categories.name as category_name, categories.position as category_position,
        apis.method as method,
        (select test_results.status from test_results where test_results.api_id = apis.id
          order by test_results.started_at desc, test_results.id desc limit 1) as status
      from apis
      join modules on modules.id = apis.module_id
      left join categories on categories.id = apis.category_id
      where modules.project_id = ${projectId}
    ) as entries
    group by module_position, module_id, module_name, category_position, category_id, category_name, method, status
    order by module_position, module_id, category_position, category_id, method`.execute(db);
  return {
    ...countsOf(rows),
    byMethod: groups(rows, ({ method }) => ({ method })),
    byModule: groups(rows, ({ moduleId, moduleName }) => ({ moduleId, name: moduleName })),
    byCategory: groups(rows, ({ moduleId, categoryId, categoryName }) => ({
      moduleId,
      categoryId,
      name: categoryName,
    })),
  };
}

interface Group {
  moduleId: number;
  moduleName: string;
  categoryId: number | null;
  categoryName: string | null;
  method: string;
  status: ResultStatus | null;
  count: number;
}

function groups<Key extends object>(
  rows: readonly Group[],
  keyOf: (row: Group) => Key,
): (Key & CatalogCounts)[] {
  const grouped = new Map<string, { key: Key; rows: Group[] }>();
  for (const row of rows) {
    const key = keyOf(row);
    const text = JSON.stringify(key);
    const group = grouped.get(text) ?? { key, rows: [] };
    group.rows.push(row);
    grouped.set(text, group);
  }
  return [...grouped.values()].map(({ key, rows }) => ({ ...key, ...countsOf(rows) }));
}

function countsOf(rows: readonly Group[]): CatalogCounts {
  const last = Object.fromEntries(resultStatuses.map((status) => [status, 0])) as CatalogCounts['last'];
  let total = 0;
  let untested = 0;
  for (const { status, count } of rows) {
    total += count;
    if (status === null) untested += count;
    else last[status] += count;
  }
  return { total, tested: total - untested, untested, last };
}
