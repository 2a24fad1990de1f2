import type { RequestBody } from '../model/request.ts';
import type { ScenarioSteps } from '../model/scenario.ts';
import { insertRow } from '../storage/insert-row.ts';
import type { Database } from '../storage/open-database.ts';
import { stamps } from '../storage/stamps.ts';
import type { Row } from '../storage/tables.ts';
import { remapBody, remapSteps, type CopiedIds } from './remap-references.ts';
import { fromJson } from './to-entity.ts';

/** A row as a new one: its own id, version and times are left out. */
export function asNew<R extends { id: number; version: number }>(row: R): Omit<R, 'id' | 'version'> {
  const { id: _id, version: _version, ...columns } = row;
  return { ...columns, ...stamps() };
}

interface Copy {
  from: number;
  to: number;
}

/** Everything that belongs to a module, from one to another that is empty. References are those of the original. */
export async function copyModuleContents(db: Database, { from, to }: Copy, ids: CopiedIds): Promise<void> {
  for (const row of await db.selectFrom('categories').selectAll().where('moduleId', '=', from).execute()) {
    const copy = await insertRow(db, 'categories', { ...asNew(row), moduleId: to });
    ids.categories.set(row.id, copy.id);
  }
  const schemas = await db.selectFrom('moduleSchemas').selectAll().where('moduleId', '=', from).execute();
  for (const row of schemas)
    await db
      .insertInto('moduleSchemas')
      .values({ ...row, moduleId: to })
      .execute();
  for (const row of await db.selectFrom('apis').selectAll().where('moduleId', '=', from).execute()) {
    await copyEntry(db, row, { moduleId: to, ids });
  }
  for (const row of await db.selectFrom('scenarios').selectAll().where('moduleId', '=', from).execute()) {
    const copy = await insertRow(db, 'scenarios', { ...asNew(row), moduleId: to });
    ids.scenarios.set(row.id, copy.id);
  }
  await copyVariables(db, 'moduleId', { from, to });
}

export interface EntryCopy {
  moduleId: number;
  ids: CopiedIds;
  name?: string;
  position?: number;
}

/** Gives the new id. A copy mirrors no endpoint. */
export async function copyEntry(
  db: Database,
  row: Row<'apis'>,
  { moduleId, ids, name = row.name, position = row.position }: EntryCopy,
): Promise<number> {
  const { categoryId } = row;
  const copy = await insertRow(db, 'apis', {
    ...asNew(row),
    moduleId,
    categoryId: categoryId === null ? null : (ids.categories.get(categoryId) ?? categoryId),
    ownEndpoint: null,
    ownJson: null,
    name,
    position,
  });
  ids.apis.set(row.id, copy.id);
  return copy.id;
}

/** Sealed secrets stay sealed. */
export async function copyVariables(
  db: Database,
  owner: 'environmentId' | 'moduleId' | 'projectId',
  { from, to }: Copy,
): Promise<void> {
  const rows = await db.selectFrom('variables').selectAll().where(owner, '=', from).execute();
  for (const { id: _id, ...row } of rows) {
    await db
      .insertInto('variables')
      .values({ ...row, ...stamps(), [owner]: to })
      .execute();
  }
}

export async function copyDatasetRows(db: Database, { from, to }: Copy): Promise<void> {
  await db
    .insertInto('datasetRows')
    .columns(['datasetId', 'position', 'valuesJson'])
    .expression(
      db
        .selectFrom('datasetRows')
        .select((eb) => [eb.val(to).as('datasetId'), 'position', 'valuesJson'])
        .where('datasetId', '=', from),
    )
    .execute();
}

/** Lets the copies refer to copies, where there are some. */
export async function rewriteReferences(db: Database, ids: CopiedIds): Promise<void> {
  for (const id of ids.scenarios.values()) {
    const row = await db.selectFrom('scenarios').select('stepsJson').where('id', '=', id).executeTakeFirst();
    if (row === undefined) continue;
    const stepsJson = JSON.stringify(remapSteps(fromJson<ScenarioSteps>(row.stepsJson), ids));
    await db.updateTable('scenarios').set({ stepsJson }).where('id', '=', id).execute();
  }
  if (ids.files.size === 0) return;
  for (const id of ids.apis.values()) {
    const row = await db.selectFrom('apis').select('bodyJson').where('id', '=', id).executeTakeFirst();
    if (row === undefined) continue;
    const bodyJson = JSON.stringify(remapBody(fromJson<RequestBody>(row.bodyJson), ids));
    if (bodyJson !== row.bodyJson)
      await db.updateTable('apis').set({ bodyJson }).where('id', '=', id).execute();
  }
}
