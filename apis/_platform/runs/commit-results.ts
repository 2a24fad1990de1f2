import { sql } from 'kysely';
import type { ResultStatus } from '../model/result.ts';
import type { Database } from '../storage/open-database.ts';
import { leaseEnd, LeaseLost } from './lease.ts';

/** A result on its way into the database. */
export interface PendingResult {
  result: {
    iteration: number;
    path: string;
    name: string;
    api: number | undefined;
    status: ResultStatus;
    startedAt: string;
    method: string | undefined;
    url: string | undefined;
    httpStatus: number | undefined;
    time: number | undefined;
  };
  /** The whole of it. */
  json: string;
}

export interface Batch {
  record: number;
  owner: string;
  results: readonly PendingResult[];
}

/** Rows of one statement: more only makes its text longer. */
const rowsAtOnce = 50;

/**
 * Adds results and counts them in the record, in one transaction; that is a sign of life too.
 *
 * @throws LeaseLost when the run has another owner
 */
export async function commitResults(db: Database, batch: Batch): Promise<void> {
  try {
    await commit(db, batch);
  } catch (error) {
    const results = await withoutRemovedApis(db, batch.results);
    if (results === batch.results) throw error;
    await commit(db, { ...batch, results });
  }
}

/** A catalog entry may be removed while a run still sends it; the row must not refer to it then. */
async function withoutRemovedApis(
  db: Database,
  results: readonly PendingResult[],
): Promise<readonly PendingResult[]> {
  const apis = [...new Set(results.flatMap(({ result }) => result.api ?? []))];
  if (apis.length === 0) return results;
  const rows = await db.selectFrom('apis').select('id').where('id', 'in', apis).execute();
  if (rows.length === apis.length) return results;
  const kept = new Set(rows.map(({ id }) => id));
  return results.map(({ result, json }) => ({
    result: result.api === undefined || kept.has(result.api) ? result : { ...result, api: undefined },
    json,
  }));
}

async function commit(db: Database, { record, owner, results }: Batch): Promise<void> {
  const counts = { passed: 0, failed: 0, error: 0, skipped: 0, cancelled: 0 };
  for (const { result } of results) counts[result.status] += 1;
  await db.transaction().execute(async (transaction) => {
    const before = await transaction
      .updateTable('testRecords')
      .set({
        passed: sql`passed + ${counts.passed}`,
        failed: sql`failed + ${counts.failed}`,
        error: sql`error + ${counts.error}`,
        skipped: sql`skipped + ${counts.skipped}`,
        cancelled: sql`cancelled + ${counts.cancelled}`,
        takeovers: 0,
        leaseUntil: leaseEnd(),
        updatedAt: new Date().toISOString(),
      })
      .where('id', '=', record)
      .where('owner', '=', owner)
      .executeTakeFirst();
    if (before.numUpdatedRows === 0n)
      throw new LeaseLost(`the run ${record} is run by somebody else by now, or was removed`);
    const last = await transaction
      .selectFrom('testResults')
      .select('sequence')
      .where('recordId', '=', record)
      .orderBy('sequence', 'desc')
      .limit(1)
      .executeTakeFirst();
    const first = (last?.sequence ?? -1) + 1;
    for (let at = 0; at < results.length; at += rowsAtOnce) {
      const rows = results
        .slice(at, at + rowsAtOnce)
        .map((pending, index) => toRow(pending, record, first + at + index));
      await transaction.insertInto('testResults').values(rows).execute();
    }
  });
}

function toRow({ result, json }: PendingResult, recordId: number, sequence: number) {
  return {
    recordId,
    sequence,
    iteration: result.iteration,
    path: result.path,
    name: result.name.slice(0, 500),
    apiId: result.api ?? null,
    status: result.status,
    method: result.method ?? null,
    url: result.url ?? null,
    httpStatus: result.httpStatus ?? null,
    time: result.time ?? null,
    startedAt: result.startedAt,
    resultJson: json,
  };
}
