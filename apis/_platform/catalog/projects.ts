import type { Sort, TextFilter } from '../model/listing.ts';
import type { Page } from '../model/page.ts';
import type { Project, ProjectFields } from '../model/project.ts';
import { database } from '../storage/database.ts';
import { findRow } from '../storage/find-row.ts';
import { inTransaction } from '../storage/in-transaction.ts';
import { insertRow } from '../storage/insert-row.ts';
import { directionOf, hasText, listRows, type Paging } from '../storage/list-rows.ts';
import { nextPosition } from '../storage/placement.ts';
import { stamps } from '../storage/stamps.ts';
import { refuseTakenName } from '../storage/unique-name.ts';
import { updateRow } from '../storage/update-row.ts';
import { removeUnusedContents } from './file-contents.ts';
import { toProject } from './to-entity.ts';

export function createProject(fields: ProjectFields): Promise<Project> {
  const { description = '', auth = { type: 'none' }, settings = {} } = fields;
  const name = fields.name.trim();
  return inTransaction(async (db) => {
    await refuseTakenName(db, { table: 'projects', name });
    const row = await insertRow(db, 'projects', {
      name,
      description,
      authJson: JSON.stringify(auth),
      settingsJson: JSON.stringify(settings),
      position: await nextPosition(db, { table: 'projects' }),
      ...stamps(),
    });
    return toProject(row);
  });
}

export async function listProjects({ text }: TextFilter, sort: Sort, paging: Paging): Promise<Page<Project>> {
  const { column, direction } = directionOf(sort);
  let rows = database().selectFrom('projects').selectAll();
  if (text !== undefined) rows = rows.where(hasText(['name', 'description'], text));
  const page = await listRows(rows.orderBy(column, direction).orderBy('id', direction), paging);
  return { ...page, items: page.items.map(toProject) };
}

export function updateProject(
  id: number,
  version: number,
  { name, description, auth, settings }: Partial<ProjectFields>,
): Promise<Project> {
  return inTransaction(async (db) => {
    if (name !== undefined) await refuseTakenName(db, { table: 'projects', name: name.trim(), except: id });
    const changes = {
      name: name?.trim(),
      description,
      authJson: auth && JSON.stringify(auth),
      settingsJson: settings && JSON.stringify(settings),
    };
    return toProject(await updateRow(db, 'projects', { id, version, changes }));
  });
}

/** With everything in it, its runs and its schedules too. */
export async function removeProject(id: number): Promise<void> {
  const contents = await inTransaction(async (db) => {
    await findRow(db, 'projects', id);
    const files = await db.selectFrom('files').select('sha256').where('projectId', '=', id).execute();
    await db.deleteFrom('projects').where('id', '=', id).execute();
    return files.map(({ sha256 }) => sha256);
  });
  await removeUnusedContents(contents);
}
