import { ApiError } from 'api-deploy';
import { asEdited, editedTables, named, type EditedTable } from '../storage/edited-tables.ts';
import { findRow } from '../storage/find-row.ts';
import { inTransaction } from '../storage/in-transaction.ts';
import type { Database } from '../storage/open-database.ts';
import { nextPosition } from '../storage/placement.ts';
import type { Row } from '../storage/tables.ts';
import { refuseTakenName } from '../storage/unique-name.ts';

export interface Move {
  id: number;
  /** Owner to be. */
  to: number;
}

/**
 * Gives a row to another owner, behind what this one has. A category takes its catalog entries with it.
 *
 * @throws ApiError NOT_FOUND; NAME_TAKEN when the new owner has one of this name
 */
export function moveThing<T extends Exclude<EditedTable, 'projects' | 'apis'>>(
  table: T,
  { id, to }: Move,
): Promise<Row<T>> {
  const { owner } = editedTables[table];
  return inTransaction(async (db) => {
    const row = (await findRow(db, table, id)) as unknown as OwnedRow;
    await findRow(db, owner.table, to);
    if (row[owner.column] !== to) {
      if (table !== 'files') await refuseTakenName(db, { table, ownerId: to, name: row.name });
      const position = await nextPosition(db, { table, ownerId: to });
      await asEdited(db)
        .updateTable(named(table))
        .set({ [owner.column]: to, position, version: row.version + 1, updatedAt: new Date().toISOString() })
        .where('id', '=', id)
        .execute();
      if (table === 'categories') await moveEntriesOfCategory(db, { id, to });
    }
    return await findRow(db, table, id);
  });
}

interface OwnedRow {
  name: string;
  version: number;
  projectId: number;
  moduleId: number;
}

async function moveEntriesOfCategory(db: Database, { id, to }: Move): Promise<void> {
  const entries = await db
    .selectFrom('apis')
    .select('id')
    .where('categoryId', '=', id)
    .orderBy('position')
    .execute();
  await placeEntries(db, { ids: entries.map((entry) => entry.id), moduleId: to, categoryId: id });
}

export interface EntriesToMove {
  ids: readonly number[];
  moduleId: number;
  /** Null: none. */
  categoryId: number | null;
}

/**
 * Moves catalog entries to the end of a module, in the order given.
 *
 * @throws ApiError NOT_FOUND; CATEGORY_OF_OTHER_MODULE
 */
export function moveEntries(move: EntriesToMove): Promise<void> {
  return inTransaction(async (db) => {
    await findRow(db, 'modules', move.moduleId);
    await refuseForeignCategory(db, move);
    for (const id of move.ids) await findRow(db, 'apis', id);
    await placeEntries(db, move);
  });
}

/** @throws ApiError NOT_FOUND; CATEGORY_OF_OTHER_MODULE */
export async function refuseForeignCategory(
  db: Database,
  { categoryId, moduleId }: { categoryId: number | null; moduleId: number },
): Promise<void> {
  if (categoryId === null) return;
  const category = await findRow(db, 'categories', categoryId);
  if (category.moduleId === moduleId) return;
  throw new ApiError(
    'CATEGORY_OF_OTHER_MODULE',
    `category ${categoryId} ('${category.name}') belongs to module ${category.moduleId}, got it for module ${moduleId}; choose a category of that module, or null`,
    { status: 422, details: { categoryId, moduleId: category.moduleId } },
  );
}

async function placeEntries(db: Database, { ids, moduleId, categoryId }: EntriesToMove): Promise<void> {
  let position = await nextPosition(db, { table: 'apis', ownerId: moduleId });
  const updatedAt = new Date().toISOString();
  for (const id of new Set(ids)) {
    await db
      .updateTable('apis')
      .set(({ eb }) => ({ moduleId, categoryId, position, version: eb('version', '+', 1), updatedAt }))
      .where('id', '=', id)
      .execute();
    position++;
  }
}
