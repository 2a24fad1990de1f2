import { ApiError } from 'api-deploy';
import { asEdited, editedTables, named, type EditedTable } from './edited-tables.ts';
import type { Database } from './open-database.ts';

/** Rows of one owner; of a table without owners, all. */
export interface Siblings {
  table: EditedTable;
  /** Undefined where the table has no owners. */
  ownerId?: number;
}

/** The place behind the last sibling. */
export async function nextPosition(db: Database, siblings: Siblings): Promise<number> {
  const { last } = await siblingsOf(db, siblings)
    .select(({ fn }) => fn.max<number | null>('position').as('last'))
    .executeTakeFirstOrThrow();
  return last === null ? 0 : last + 1;
}

/**
 * Puts `ids` first, in this order; the siblings that are not named follow in the order that they have.
 *
 * @throws ApiError NOT_FOUND when one of them is no sibling
 */
export async function reorderRows(db: Database, siblings: Siblings, ids: readonly number[]): Promise<void> {
  const present = await siblingsOf(db, siblings)
    .select(['id', 'position'])
    .orderBy('position')
    .orderBy('id')
    .execute();
  const known = new Map(present.map((row) => [row.id, row.position]));
  const stranger = ids.find((id) => !known.has(id));
  if (stranger !== undefined) {
    const { label, owner } = editedTables[siblings.table];
    const where = owner === undefined ? '' : ` in ${editedTables[owner.table].label} ${siblings.ownerId}`;
    throw new ApiError('NOT_FOUND', `there is no ${label} ${stranger}${where}`, {
      status: 404,
      details: { kind: label, id: stranger },
    });
  }
  const first = new Set(ids);
  const order = [...first, ...present.map(({ id }) => id).filter((id) => !first.has(id))];
  for (const [position, id] of order.entries()) {
    if (known.get(id) === position) continue;
    await asEdited(db).updateTable(named(siblings.table)).set({ position }).where('id', '=', id).execute();
  }
}

function siblingsOf(db: Database, { table, ownerId }: Siblings) {
  const rows = asEdited(db).selectFrom(named(table));
  const { owner } = editedTables[table];
  return owner === undefined || ownerId === undefined ? rows : rows.where(owner.column, '=', ownerId);
}
