import SqliteDatabase from 'better-sqlite3';
import { CamelCasePlugin, Kysely, Migrator, type Migration } from 'kysely';
import { migrations as ownMigrations } from './migrations.ts';
import { searchTokens } from './search-tokens.ts';
import { SharedSqliteDialect, whenUnlocked } from './sqlite-dialect.ts';
import type { Tables } from './tables.ts';

export type Database = Kysely<Tables>;

export interface OpenDatabaseOptions {
  /** By name, in the order of the names. Default: those of this version. */
  migrations?: Readonly<Record<string, Migration>>;
}

/** The file cannot be used as it is; the message says why and what to do. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}

/**
 * Opens the database in `file`, which is made when it is missing, and brings its tables up to this version.
 * Several processes may do so at the same time. What is committed has reached the disk (`synchronous=FULL`).
 *
 * @throws DatabaseError when the file is broken, no database of this program, or of a newer version of it
 */
export async function openDatabase(file: string, options: OpenDatabaseOptions = {}): Promise<Database> {
  const { migrations = ownMigrations } = options;
  const connection = connect(file);
  try {
    await whenUnlocked(() => void connection.pragma('journal_mode = WAL'));
    connection.pragma('synchronous = FULL');
    connection.pragma('foreign_keys = ON');
    connection.pragma('cache_size = -32768');
    connection.function('search_tokens', { deterministic: true }, (text) => searchTokens(String(text)));
    const database = new Kysely<Tables>({
      dialect: new SharedSqliteDialect(connection),
      plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
    });
    if (missingMigrations(connection, { file, migrations })) await migrate(connection, { file, migrations });
    return database;
  } catch (error) {
    connection.close();
    throw asDatabaseError(error, file);
  }
}

function connect(file: string): SqliteDatabase.Database {
  try {
    // What waits longer for a lock does so without holding up the event loop: `whenUnlocked`.
    return new SqliteDatabase(file, { timeout: 20 });
  } catch (error) {
    throw asDatabaseError(error, file);
  }
}

interface Migrations {
  file: string;
  migrations: Readonly<Record<string, Migration>>;
}

/** Whether there is something to do. */
function missingMigrations(connection: SqliteDatabase.Database, { file, migrations }: Migrations): boolean {
  const tables = connection
    .prepare<[], string>("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
    .pluck()
    .all();
  if (tables.length === 0) return true;
  if (!tables.includes('kysely_migration')) {
    throw new DatabaseError(
      `'${file}' is a database of another program (it has the table '${tables[0]}'); give another dataDir, or move the file away`,
    );
  }
  const applied = connection
    .prepare<[], string>('select name from kysely_migration order by name')
    .pluck()
    .all();
  const unknown = applied.find((name) => !Object.hasOwn(migrations, name));
  if (unknown !== undefined) {
    throw new DatabaseError(
      `'${file}' was written by a newer version of this program (migration '${unknown}' is not known here); start that version again, or restore a backup that was made before the update`,
    );
  }
  return applied.length < Object.keys(migrations).length;
}

/** In one transaction, while no other process writes: all of them or none. */
async function migrate(connection: SqliteDatabase.Database, { file, migrations }: Migrations): Promise<void> {
  await whenUnlocked(() => void connection.exec('begin immediate'));
  try {
    if (missingMigrations(connection, { file, migrations })) {
      // Without the plugin: migrations write the names as the database has them.
      const plain = new Kysely<unknown>({ dialect: new SharedSqliteDialect(connection) });
      const provider = { getMigrations: () => Promise.resolve({ ...migrations }) };
      const { error } = await new Migrator({
        db: plain,
        provider,
        disableTransactions: true,
      }).migrateToLatest();
      if (error !== undefined) throw error;
    }
    connection.exec('commit');
  } catch (error) {
    if (connection.inTransaction) connection.exec('rollback');
    throw error;
  }
}

function asDatabaseError(error: unknown, file: string): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  if (code === 'SQLITE_NOTADB' || (typeof code === 'string' && code.startsWith('SQLITE_CORRUPT'))) {
    return new DatabaseError(
      `'${file}' is no SQLite database, or broken (${(error as Error).message}); restore a backup, or move the file away to begin with an empty one`,
      { cause: error },
    );
  }
  if (code === 'SQLITE_CANTOPEN' || code === 'SQLITE_READONLY' || isMissingFolder(error)) {
    return new DatabaseError(
      `'${file}' cannot be opened for writing (${(error as Error).message}); check that its folder exists and that this user may write there`,
      { cause: error },
    );
  }
  return error;
}

function isMissingFolder(error: unknown): boolean {
  return error instanceof TypeError && error.message.includes('directory does not exist');
}
