import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { Dataset, DatasetFields, ReadDataset } from '../model/dataset.ts';
import type { ProjectChildFilter, Sort } from '../model/listing.ts';
import type { Page } from '../model/page.ts';
import type { DatasetRow } from '../model/run-plan.ts';
import { database } from '../storage/database.ts';
import { findRow } from '../storage/find-row.ts';
import { inTransaction } from '../storage/in-transaction.ts';
import { insertRow } from '../storage/insert-row.ts';
import { directionOf, hasText, listRows, type Paging } from '../storage/list-rows.ts';
import type { Database } from '../storage/open-database.ts';
import { nextPosition } from '../storage/placement.ts';
import { stamps } from '../storage/stamps.ts';
import type { Row } from '../storage/tables.ts';
import { refuseTakenName } from '../storage/unique-name.ts';
import { refuseOldVersion, updateRow } from '../storage/update-row.ts';
import { editedOf, fromJson } from './to-entity.ts';

const table = 'datasets';
/** Rows of one statement, after which the event loop turns. */
const batch = 500;

export interface NewDataset extends DatasetFields {
  projectId: number;
}

export function createDataset(fields: NewDataset, { columns, rows }: ReadDataset): Promise<Dataset> {
  const { projectId, description = '' } = fields;
  const name = fields.name.trim();
  return inTransaction(async (db) => {
    await findRow(db, 'projects', projectId);
    await refuseTakenName(db, { table, ownerId: projectId, name });
    const row = await insertRow(db, 'datasets', {
      projectId,
      name,
      description,
      columnsJson: JSON.stringify(columns),
      rowCount: rows.length,
      position: await nextPosition(db, { table, ownerId: projectId }),
      ...stamps(),
    });
    await insertRows(db, { datasetId: row.id, from: 0 }, rows);
    return toDataset(row);
  });
}

export async function listDatasets(
  { projectId, text }: ProjectChildFilter,
  sort: Sort,
  paging: Paging,
): Promise<Page<Dataset>> {
  const { column, direction } = directionOf(sort);
  let rows = database().selectFrom('datasets').selectAll();
  if (projectId !== undefined) rows = rows.where('projectId', '=', projectId);
  if (text !== undefined) rows = rows.where(hasText(['name', 'description'], text));
  const page = await listRows(rows.orderBy(column, direction).orderBy('id', direction), paging);
  return { ...page, items: page.items.map(toDataset) };
}

export function updateDataset(
  id: number,
  version: number,
  { name, description }: Partial<DatasetFields>,
): Promise<Dataset> {
  return inTransaction(async (db) => {
    const { projectId } = await findRow(db, 'datasets', id);
    if (name !== undefined) {
      await refuseTakenName(db, { table, ownerId: projectId, name: name.trim(), except: id });
    }
    const changes = { name: name?.trim(), description };
    return toDataset(await updateRow(db, 'datasets', { id, version, changes }));
  });
}

/** All rows anew. */
export function replaceRows(id: number, version: number, { columns, rows }: ReadDataset): Promise<Dataset> {
  return inTransaction(async (db) => {
    refuseOldVersion(await findRow(db, 'datasets', id), { table, version });
    await db.deleteFrom('datasetRows').where('datasetId', '=', id).execute();
    await insertRows(db, { datasetId: id, from: 0 }, rows);
    const changes = { columnsJson: JSON.stringify(columns), rowCount: rows.length };
    return toDataset(await updateRow(db, 'datasets', { id, version, changes }));
  });
}

/** Behind those that are there. */
export function appendRows(id: number, { columns, rows }: ReadDataset): Promise<Dataset> {
  return inTransaction(async (db) => {
    const present = await findRow(db, 'datasets', id);
    await insertRows(db, { datasetId: id, from: present.rowCount }, rows);
    const all = [...new Set([...fromJson<string[]>(present.columnsJson), ...columns])];
    const changes = { columnsJson: JSON.stringify(all), rowCount: present.rowCount + rows.length };
    return toDataset(await updateRow(db, 'datasets', { id, version: present.version, changes }));
  });
}

/** One page of the rows, in their order. */
export async function pageOfRows(id: number, { page, pageSize }: Paging): Promise<Page<DatasetRow>> {
  const { rowCount } = await findRow(database(), 'datasets', id);
  const items = await rowsFrom(id, (page - 1) * pageSize, pageSize);
  return { items, total: rowCount, page, pageSize };
}

/** All rows from a position on, a few hundred at a time. */
export async function* readRows(id: number, from = 0): AsyncGenerator<DatasetRow> {
  for (let position = from; ; position += batch) {
    const rows = await rowsFrom(id, position, batch);
    yield* rows;
    if (rows.length < batch) return;
  }
}

async function rowsFrom(id: number, position: number, count: number): Promise<DatasetRow[]> {
  const rows = await database()
    .selectFrom('datasetRows')
    .select('valuesJson')
    .where('datasetId', '=', id)
    .where('position', '>=', position)
    .where('position', '<', position + count)
    .orderBy('position')
    .execute();
  return rows.map(({ valuesJson }) => fromJson<DatasetRow>(valuesJson));
}

async function insertRows(
  db: Database,
  { datasetId, from }: { datasetId: number; from: number },
  rows: readonly DatasetRow[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += batch) {
    const values = rows.slice(start, start + batch).map((row, index) => ({
      datasetId,
      position: from + start + index,
      valuesJson: JSON.stringify(row),
    }));
    await db.insertInto('datasetRows').values(values).execute();
    await turnOfTheLoop();
  }
}

export function toDataset(row: Row<'datasets'>): Dataset {
  return {
    ...editedOf(row),
    projectId: row.projectId,
    name: row.name,
    description: row.description,
    columns: fromJson(row.columnsJson),
    rowCount: row.rowCount,
  };
}
