import SqliteDatabase from 'better-sqlite3';

/** The backup, or what should become one, cannot be used; the message says why and what to do. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

/** What the database of a backup refers to. */
export interface CheckedDatabase {
  /** SHA-256 of the contents of stored files. */
  contents: string[];
  /** Ids of the keys under which its secrets were sealed. */
  keys: string[];
}

/**
 * Opens a copy of the database and looks at every page of it. It is left as a single file.
 *
 * @throws BackupError naming `what` and the first thing that is wrong
 */
export function checkDatabase(file: string, what: string): CheckedDatabase {
  let connection: SqliteDatabase.Database | undefined;
  try {
    connection = new SqliteDatabase(file, { fileMustExist: true });
    connection.pragma('journal_mode = DELETE');
    const integrity = connection.pragma('integrity_check(1)', { simple: true });
    if (integrity !== 'ok') throw new BackupError(`${what} is broken: ${String(integrity)}`);
    const [orphan] = connection.pragma('foreign_key_check') as { table: string }[];
    if (orphan !== undefined)
      throw new BackupError(`${what} is broken: a row of '${orphan.table}' refers to one that is missing`);
    const texts = (sql: string): string[] =>
      (connection as SqliteDatabase.Database).prepare<[], string>(sql).pluck().all();
    if (texts("select name from sqlite_master where name = 'kysely_migration'").length === 0)
      throw new BackupError(`${what} holds no database of this program`);
    return {
      contents: texts('select distinct sha256 from files order by sha256'),
      keys: [
        ...new Set(
          texts("select value from variables where secret = 1 and value like 'v1.%'").map(
            (sealed) => sealed.split('.')[1] ?? '',
          ),
        ),
      ],
    };
  } catch (error) {
    if (error instanceof BackupError) throw error;
    throw new BackupError(`${what} cannot be opened: ${(error as Error).message}`, { cause: error });
  } finally {
    connection?.close();
  }
}
