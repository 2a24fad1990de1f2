import { database } from './database.ts';
import type { Database } from './open-database.ts';

/** Does `work` whole or not at all, while nobody else writes. */
export function inTransaction<T>(work: (db: Database) => Promise<T>): Promise<T> {
  return database().transaction().execute(work);
}
