import { defaultColour, type Category, type CategoryFields } from '../model/category.ts';
import type { ModuleChildFilter, Sort } from '../model/listing.ts';
import type { Page } from '../model/page.ts';
import { database } from '../storage/database.ts';
import { findRow } from '../storage/find-row.ts';
import { inTransaction } from '../storage/in-transaction.ts';
import { insertRow } from '../storage/insert-row.ts';
import { directionOf, hasText, listRows, type Paging } from '../storage/list-rows.ts';
import { nextPosition } from '../storage/placement.ts';
import { stamps } from '../storage/stamps.ts';
import { refuseTakenName } from '../storage/unique-name.ts';
import { updateRow } from '../storage/update-row.ts';
import { toCategory } from './to-entity.ts';

const table = 'categories';

export function createCategory(moduleId: number, fields: CategoryFields): Promise<Category> {
  const { description = '', colour = defaultColour, auth = { type: 'inherit' } } = fields;
  const name = fields.name.trim();
  return inTransaction(async (db) => {
    await findRow(db, 'modules', moduleId);
    await refuseTakenName(db, { table, ownerId: moduleId, name });
    const row = await insertRow(db, 'categories', {
      moduleId,
      name,
      description,
      colour: colour.toLowerCase(),
      authJson: JSON.stringify(auth),
      position: await nextPosition(db, { table, ownerId: moduleId }),
      ...stamps(),
    });
    return toCategory(row);
  });
}

export async function listCategories(
  { projectId, moduleId, text }: ModuleChildFilter,
  sort: Sort,
  paging: Paging,
): Promise<Page<Category>> {
  const { column, direction } = directionOf(sort);
  let rows = database().selectFrom('categories').selectAll();
  if (moduleId !== undefined) rows = rows.where('moduleId', '=', moduleId);
  if (projectId !== undefined) {
    rows = rows.where((eb) =>
      eb.exists(
        eb
          .selectFrom('modules')
          .select('modules.id')
          .whereRef('modules.id', '=', 'categories.moduleId')
          .where('modules.projectId', '=', projectId),
      ),
    );
  }
  if (text !== undefined) rows = rows.where(hasText(['name', 'description'], text));
  const page = await listRows(rows.orderBy(column, direction).orderBy('id', direction), paging);
  return { ...page, items: page.items.map(toCategory) };
}

export function updateCategory(
  id: number,
  version: number,
  { name, description, colour, auth }: Partial<CategoryFields>,
): Promise<Category> {
  return inTransaction(async (db) => {
    const { moduleId } = await findRow(db, 'categories', id);
    if (name !== undefined) {
      await refuseTakenName(db, { table, ownerId: moduleId, name: name.trim(), except: id });
    }
    const changes = {
      name: name?.trim(),
      description,
      colour: colour?.toLowerCase(),
      authJson: auth && JSON.stringify(auth),
    };
    return toCategory(await updateRow(db, 'categories', { id, version, changes }));
  });
}
