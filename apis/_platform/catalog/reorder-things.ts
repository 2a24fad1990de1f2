import { editedTables } from '../storage/edited-tables.ts';
import { findRow } from '../storage/find-row.ts';
import { inTransaction } from '../storage/in-transaction.ts';
import { reorderRows, type Siblings } from '../storage/placement.ts';

/**
 * Puts these first, in this order, and the others behind them.
 *
 * @throws ApiError NOT_FOUND for the owner, and for a row that is not the owner's
 */
export function reorderThings(siblings: Siblings, ids: readonly number[]): Promise<void> {
  return inTransaction(async (db) => {
    const { owner } = editedTables[siblings.table];
    if (owner !== undefined && siblings.ownerId !== undefined)
      await findRow(db, owner.table, siblings.ownerId);
    await reorderRows(db, siblings, ids);
  });
}
