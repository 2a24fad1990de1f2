import { ApiError } from 'api-deploy';
import { asEdited, editedTables, named, type EditedTable } from './edited-tables.ts';
import { findRow } from './find-row.ts';
import type { Database } from './open-database.ts';
import type { Row, RowUpdate } from './tables.ts';

export interface Edit<T extends EditedTable> {
  id: number;
  /** As it was read. */
  version: number;
  /** Columns that are undefined stay as they are. */
  changes: RowUpdate<T>;
}

/**
 * Changes a row that nobody else has changed since it was read, and gives it as it is then.
 *
 * @throws ApiError NOT_FOUND; CONFLICT with the present version
 */
export async function updateRow<T extends EditedTable>(
  db: Database,
  table: T,
  { id, version, changes }: Edit<T>,
): Promise<Row<T>> {
  const present = await findRow(db, table, id);
  refuseOldVersion(present as unknown as Versioned, { table, version });
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  if (given.length === 0) return present;
  await asEdited(db)
    .updateTable(named(table))
    .set({ ...Object.fromEntries(given), version: version + 1, updatedAt: new Date().toISOString() })
    .where('id', '=', id)
    .execute();
  return await findRow(db, table, id);
}

interface Versioned {
  id: number;
  version: number;
  updatedAt: string;
}

/** @throws ApiError CONFLICT */
export function refuseOldVersion(
  present: Versioned,
  { table, version }: { table: EditedTable; version: number },
): void {
  if (present.version === version) return;
  throw new ApiError(
    'CONFLICT',
    `${editedTables[table].label} ${present.id} has version ${present.version} by now, got '${version}': it was changed meanwhile; read it again, and repeat your change on that version`,
    {
      status: 409,
      details: { id: present.id, version: present.version, updatedAt: present.updatedAt, given: version },
    },
  );
}
