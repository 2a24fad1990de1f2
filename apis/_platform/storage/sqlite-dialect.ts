import { setTimeout as sleep } from 'node:timers/promises';
import type SqliteDatabase from 'better-sqlite3';
import {
  CompiledQuery,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
} from 'kysely';

/** Milliseconds that a statement waits for the locks of other connections before it gives up. */
export const lockPatience = 15_000;

/**
 * SQLite for several connections, in one process or many:
 *
 * - A transaction takes the write lock at its beginning. Taken later, after a read, SQLite can only refuse it.
 * - Who waits for a lock lets the event loop turn: the lock may be held by a transaction of this very process, which
 *   needs the loop to end.
 */
export class SharedSqliteDialect extends SqliteDialect {
  readonly #database: SqliteDatabase.Database;

  constructor(database: SqliteDatabase.Database) {
    super({ database: withKeptStatements(database) });
    this.#database = database;
  }

  override createDriver(): Driver {
    return new SharedSqliteDriver({ database: withKeptStatements(this.#database) });
  }
}

class SharedSqliteDriver extends SqliteDriver {
  override async acquireConnection(): Promise<DatabaseConnection> {
    return new PatientConnection(await super.acquireConnection());
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

class PatientConnection implements DatabaseConnection {
  readonly #inner: DatabaseConnection;

  constructor(inner: DatabaseConnection) {
    this.#inner = inner;
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return whenUnlocked(() => this.#inner.executeQuery<R>(query));
  }

  streamQuery<R>(query: CompiledQuery, chunkSize?: number): AsyncIterableIterator<QueryResult<R>> {
    return this.#inner.streamQuery<R>(query, chunkSize);
  }
}

/**
 * Does `work` again while another connection holds the lock that it needs.
 *
 * @throws what `work` throws, after `lockPatience` also that the database is locked
 */
export async function whenUnlocked<T>(work: () => T | Promise<T>): Promise<T> {
  const deadline = performance.now() + lockPatience;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isLocked(error) || performance.now() > deadline) throw error;
      await sleep(1 + Math.random() * 10);
    }
  }
}

function isLocked(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'));
}

const keptStatements = 500;

/** Compiling a statement takes longer than running most of them; those used last stay compiled. */
function withKeptStatements(database: SqliteDatabase.Database) {
  const kept = new Map<string, SqliteDatabase.Statement>();
  return {
    close: () => void database.close(),
    prepare(sql: string) {
      const known = kept.get(sql);
      const statement = known ?? database.prepare(sql);
      if (known !== undefined) kept.delete(sql);
      kept.set(sql, statement);
      if (kept.size > keptStatements) kept.delete(kept.keys().next().value ?? sql);
      // One that is being iterated cannot run a second time meanwhile.
      return statement.busy ? database.prepare(sql) : statement;
    },
  };
}
