import { setImmediate as turn } from 'node:timers/promises';
import { ApiError } from 'api-deploy';
import type { Database } from '../storage/open-database.ts';
import { getRecord } from './record-store.ts';

/** Results of one transaction: other writers, and the calls of this process, wait no longer than that takes. */
const resultsAtOnce = 500;

/**
 * Removes a run with its results. It is gone for everybody at once; its rows follow a few at a time, after a crash
 * with the next clean-up.
 *
 * @throws ApiError NOT_FOUND; RUN_ACTIVE when it has not ended
 */
export async function removeRecord(db: Database, id: number): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('testRecords')
    .set({ removing: 1 })
    .where('id', '=', id)
    .where('removing', '=', 0)
    .where('status', 'not in', ['queued', 'running'])
    .executeTakeFirst();
  if (numUpdatedRows === 0n) {
    const { status } = await getRecord(db, id);
    throw new ApiError(
      'RUN_ACTIVE',
      `the run ${id} is '${status}' and cannot be removed; cancel it first with 'runs.cancel'`,
      { status: 409 },
    );
  }
  await removeRows(db, id);
}

/** Goes on with removals that a crash has cut off. */
export async function finishRemovals(db: Database): Promise<void> {
  const rows = await db.selectFrom('testRecords').select('id').where('removing', '=', 1).execute();
  for (const { id } of rows) await removeRows(db, id);
}

async function removeRows(db: Database, record: number): Promise<void> {
  for (;;) {
    const rows = await db
      .selectFrom('testResults')
      .select('id')
      .where('recordId', '=', record)
      .orderBy('sequence')
      .limit(resultsAtOnce)
      .execute();
    if (rows.length === 0) break;
    await db
      .deleteFrom('testResults')
      .where(
        'id',
        'in',
        rows.map(({ id }) => id),
      )
      .execute();
    await turn();
  }
  await db.deleteFrom('testRecords').where('id', '=', record).where('removing', '=', 1).execute();
}
