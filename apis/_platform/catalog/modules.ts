import type { ProjectChildFilter, Sort } from '../model/listing.ts';
import type { Module, ModuleFields } from '../model/module.ts';
import type { Page } from '../model/page.ts';
import { database } from '../storage/database.ts';
import { findRow } from '../storage/find-row.ts';
import { inTransaction } from '../storage/in-transaction.ts';
import { insertRow } from '../storage/insert-row.ts';
import { directionOf, hasText, listRows, type Paging } from '../storage/list-rows.ts';
import { nextPosition } from '../storage/placement.ts';
import { stamps } from '../storage/stamps.ts';
import { refuseTakenName } from '../storage/unique-name.ts';
import { updateRow } from '../storage/update-row.ts';
import { toModule } from './to-entity.ts';

const table = 'modules';

export function createModule(projectId: number, fields: ModuleFields): Promise<Module> {
  const { icon = '', auth = { type: 'inherit' } } = fields;
  const name = fields.name.trim();
  return inTransaction(async (db) => {
    await findRow(db, 'projects', projectId);
    await refuseTakenName(db, { table, ownerId: projectId, name });
    const row = await insertRow(db, 'modules', {
      projectId,
      name,
      icon,
      authJson: JSON.stringify(auth),
      position: await nextPosition(db, { table, ownerId: projectId }),
      ownModule: null,
      ...stamps(),
    });
    return toModule(row);
  });
}

export async function listModules(
  { projectId, text }: ProjectChildFilter,
  sort: Sort,
  paging: Paging,
): Promise<Page<Module>> {
  const { column, direction } = directionOf(sort);
  let rows = database().selectFrom('modules').selectAll();
  if (projectId !== undefined) rows = rows.where('projectId', '=', projectId);
  if (text !== undefined) rows = rows.where(hasText(['name'], text));
  const page = await listRows(rows.orderBy(column, direction).orderBy('id', direction), paging);
  return { ...page, items: page.items.map(toModule) };
}

export function updateModule(
  id: number,
  version: number,
  { name, icon, auth }: Partial<ModuleFields>,
): Promise<Module> {
  return inTransaction(async (db) => {
    const { projectId } = await findRow(db, 'modules', id);
    if (name !== undefined) {
      await refuseTakenName(db, { table, ownerId: projectId, name: name.trim(), except: id });
    }
    const changes = { name: name?.trim(), icon, authJson: auth && JSON.stringify(auth) };
    return toModule(await updateRow(db, 'modules', { id, version, changes }));
  });
}
