import type { Kysely } from 'kysely';
import type { Database } from './open-database.ts';
import type { NewRow, Row, Tables } from './tables.ts';

/** Tables whose rows the database numbers. */
export type NumberedTable = { [T in keyof Tables]: Row<T> extends { id: number } ? T : never }[keyof Tables];

/** Kysely cannot type a table that is a type parameter. */
type AnyTables = Kysely<{ any: { id: number; [column: string]: unknown } }>;

/** Writes a row, and gives it with its number and its defaults. */
export async function insertRow<T extends NumberedTable>(
  db: Database,
  table: T,
  values: NewRow<T>,
): Promise<Row<T>> {
  const any = db as unknown as AnyTables;
  const name = table as unknown as 'any';
  const insert = any.insertInto(name).values(values);
  if (db.getExecutor().adapter.supportsReturning) {
    return (await insert.returningAll().executeTakeFirstOrThrow()) as unknown as Row<T>;
  }
  // MySQL gives the number alone.
  const { insertId } = await insert.executeTakeFirstOrThrow();
  const row = await any
    .selectFrom(name)
    .selectAll()
    .where('id', '=', Number(insertId))
    .executeTakeFirstOrThrow();
  return row as unknown as Row<T>;
}

/** Writes rows in one statement, and gives their numbers in the same order. */
export async function insertRows<T extends NumberedTable>(
  db: Database,
  table: T,
  rows: readonly NewRow<T>[],
): Promise<number[]> {
  if (!db.getExecutor().adapter.supportsReturning) {
    const ids: number[] = [];
    for (const row of rows) ids.push(((await insertRow(db, table, row)) as unknown as { id: number }).id);
    return ids;
  }
  const insert = (db as unknown as AnyTables).insertInto(table as unknown as 'any').values(rows);
  return (await insert.returning('id').execute()).map(({ id }) => id);
}
