import { asEdited, named, type EditedTable } from '../storage/edited-tables.ts';
import { findRow } from '../storage/find-row.ts';
import { inTransaction } from '../storage/in-transaction.ts';

/**
 * Removes a row with all that belongs to it, as the foreign keys say.
 *
 * @throws ApiError NOT_FOUND
 */
export function removeThing(table: EditedTable, id: number): Promise<void> {
  return inTransaction(async (db) => {
    await findRow(db, table, id);
    await asEdited(db).deleteFrom(named(table)).where('id', '=', id).execute();
  });
}
