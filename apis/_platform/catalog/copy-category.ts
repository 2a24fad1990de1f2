import type { Category } from '../model/category.ts';
import { findRow } from '../storage/find-row.ts';
import { inTransaction } from '../storage/in-transaction.ts';
import { insertRow } from '../storage/insert-row.ts';
import { nextPosition } from '../storage/placement.ts';
import { nameCopy } from './copy-name.ts';
import { asNew, copyEntry } from './copy-rows.ts';
import { noCopiedIds } from './remap-references.ts';
import { toCategory } from './to-entity.ts';

export function duplicateCategory(id: number, wanted: string | undefined): Promise<Category> {
  return inTransaction(async (db) => {
    const row = await findRow(db, 'categories', id);
    const { moduleId } = row;
    const named = await nameCopy(db, { table: 'categories', ownerId: moduleId, original: row.name, wanted });
    const copy = await insertRow(db, 'categories', { ...asNew(row), ...named });
    const ids = noCopiedIds();
    ids.categories.set(id, copy.id);
    let position = await nextPosition(db, { table: 'apis', ownerId: moduleId });
    const entries = await db
      .selectFrom('apis')
      .selectAll()
      .where('categoryId', '=', id)
      .orderBy('position')
      .execute();
    for (const entry of entries) await copyEntry(db, entry, { moduleId, ids, position: position++ });
    return toCategory(copy);
  });
}
