import { ApiError } from 'api-deploy';
import type { DatasetRow } from '../model/run-plan.ts';
import type { Database } from '../storage/open-database.ts';

const rowsAtOnce = 200;

/** Rows of a dataset from the position `from` on, a few in memory at a time. */
export async function* datasetRows(db: Database, dataset: number, from: number): AsyncGenerator<DatasetRow> {
  for (let position = from; ;) {
    const rows = await db
      .selectFrom('datasetRows')
      .select(['position', 'valuesJson'])
      .where('datasetId', '=', dataset)
      .where('position', '>=', position)
      .orderBy('position')
      .limit(rowsAtOnce)
      .execute();
    for (const { valuesJson } of rows) yield JSON.parse(valuesJson) as DatasetRow;
    const last = rows.at(-1);
    if (last === undefined) return;
    position = last.position + 1;
  }
}

/**
 * How many rows a dataset has.
 *
 * @throws ApiError NOT_FOUND also when it is of another project; DATASET_EMPTY
 */
export async function countRows(db: Database, dataset: number, projectId: number): Promise<number> {
  const row = await db
    .selectFrom('datasets')
    .select(['projectId', 'rowCount', 'name'])
    .where('id', '=', dataset)
    .executeTakeFirst();
  if (row === undefined || row.projectId !== projectId)
    throw new ApiError('NOT_FOUND', `there is no dataset ${dataset} in project ${projectId}`, {
      status: 404,
      details: { kind: 'dataset', id: dataset },
    });
  if (row.rowCount === 0)
    throw new ApiError(
      'DATASET_EMPTY',
      `the dataset ${dataset} ('${row.name}') has no rows, so that nothing would run; add rows, or run without it`,
      { status: 422 },
    );
  return row.rowCount;
}
