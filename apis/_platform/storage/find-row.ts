import { ApiError } from 'api-deploy';
import { asEdited, editedTables, named, type EditedTable } from './edited-tables.ts';
import type { Database } from './open-database.ts';
import type { Row } from './tables.ts';

/** @throws ApiError NOT_FOUND that names what there is not */
export async function findRow<T extends EditedTable>(db: Database, table: T, id: number): Promise<Row<T>> {
  const row = await asEdited(db).selectFrom(named(table)).selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw notFound(editedTables[table].label, id);
  return row as unknown as Row<T>;
}

export function notFound(label: string, id: number | string): ApiError {
  return new ApiError('NOT_FOUND', `there is no ${label} ${id}`, {
    status: 404,
    details: { kind: label, id },
  });
}
