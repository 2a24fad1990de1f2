import { setImmediate as turn } from 'node:timers/promises';
import type { RequestResult } from '../model/result.ts';
import { allResults } from '../runs/read-results.ts';
import { getRecord } from '../runs/record-store.ts';
import type { Database } from '../storage/open-database.ts';
import type { ReportedRun } from './reporter.ts';

/** Results after which other calls get their turn: reading and parsing them is synchronous work. */
const resultsPerTurn = 50;

/**
 * A stored run for reporters. Its results are read in pages, each time anew.
 *
 * @throws ApiError NOT_FOUND
 */
export async function loadRun(db: Database, id: number): Promise<ReportedRun> {
  const { name, type, status, counts, error, startedAt, completedAt, ...record } = await getRecord(db, id);
  const project = await nameOf(db, 'projects', record.projectId);
  const environment = await nameOf(db, 'environments', record.environmentId);
  const known = await countResults(db, id);
  return {
    head: {
      id,
      name,
      type,
      ...(project === undefined ? {} : { project }),
      ...(environment === undefined ? {} : { environment }),
      ...(startedAt === null ? {} : { startedAt }),
      total: counts.total,
    },
    results: { [Symbol.asyncIterator]: () => readResults(db, id, known) },
    end: () => ({
      status,
      counts,
      ...(completedAt === null ? {} : { completedAt }),
      ...(error === undefined ? {} : { error }),
    }),
  };
}

async function countResults(db: Database, record: number): Promise<number> {
  const { count } = await db
    .selectFrom('testResults')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('recordId', '=', record)
    .executeTakeFirstOrThrow();
  return count;
}

/** The first `known` ones: what comes while the run goes on is not in some passes and missing in others. */
async function* readResults(db: Database, record: number, known: number): AsyncGenerator<RequestResult> {
  let read = 0;
  if (known === 0) return;
  for await (const { id: _id, recordId: _recordId, ...result } of allResults(db, record)) {
    yield result;
    if (++read >= known) return;
    if (read % resultsPerTurn === 0) await turn();
  }
}

async function nameOf(
  db: Database,
  table: 'projects' | 'environments',
  id: number | null,
): Promise<string | undefined> {
  if (id === null) return undefined;
  const row = await db.selectFrom(table).select('name').where('id', '=', id).executeTakeFirst();
  return row?.name;
}
