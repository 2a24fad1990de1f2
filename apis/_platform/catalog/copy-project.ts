import type { Project } from '../model/project.ts';
import { findRow } from '../storage/find-row.ts';
import { inTransaction } from '../storage/in-transaction.ts';
import { insertRow } from '../storage/insert-row.ts';
import type { Database } from '../storage/open-database.ts';
import { nameCopy } from './copy-name.ts';
import { asNew, copyDatasetRows, copyModuleContents, copyVariables, rewriteReferences } from './copy-rows.ts';
import { noCopiedIds } from './remap-references.ts';
import { toProject } from './to-entity.ts';

/** All but its runs and schedules. */
export function copyProject(id: number, wanted: string | undefined): Promise<Project> {
  return inTransaction(async (db) => {
    const row = await findRow(db, 'projects', id);
    const named = await nameCopy(db, { table: 'projects', original: row.name, wanted });
    const copy = await insertRow(db, 'projects', { ...asNew(row), ...named, ownJson: null });
    await copyProjectContents(db, id, copy.id);
    return toProject(copy);
  });
}

async function copyProjectContents(db: Database, from: number, projectId: number): Promise<void> {
  const ids = noCopiedIds();
  await copyVariables(db, 'projectId', { from, to: projectId });
  for (const row of await db.selectFrom('files').selectAll().where('projectId', '=', from).execute()) {
    const values = { ...asNew(row), projectId };
    const copy = await insertRow(db, 'files', values);
    ids.files.set(row.id, copy.id);
  }
  for (const row of await db.selectFrom('environments').selectAll().where('projectId', '=', from).execute()) {
    const values = { ...asNew(row), projectId };
    const copy = await insertRow(db, 'environments', values);
    await copyVariables(db, 'environmentId', { from: row.id, to: copy.id });
  }
  for (const row of await db.selectFrom('datasets').selectAll().where('projectId', '=', from).execute()) {
    const values = { ...asNew(row), projectId };
    const copy = await insertRow(db, 'datasets', values);
    await copyDatasetRows(db, { from: row.id, to: copy.id });
  }
  for (const row of await db.selectFrom('modules').selectAll().where('projectId', '=', from).execute()) {
    const values = { ...asNew(row), projectId, ownModule: null };
    const copy = await insertRow(db, 'modules', values);
    await copyModuleContents(db, { from: row.id, to: copy.id }, ids);
  }
  await rewriteReferences(db, ids);
}
