import type { Environment, EnvironmentFields } from '../model/environment.ts';
import type { ProjectChildFilter, Sort } from '../model/listing.ts';
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
import { toEnvironment } from './to-entity.ts';

const table = 'environments';

export function createEnvironment(projectId: number, fields: EnvironmentFields): Promise<Environment> {
  const name = fields.name.trim();
  return inTransaction(async (db) => {
    await findRow(db, 'projects', projectId);
    await refuseTakenName(db, { table, ownerId: projectId, name });
    const row = await insertRow(db, 'environments', {
      projectId,
      name,
      description: fields.description ?? '',
      position: await nextPosition(db, { table, ownerId: projectId }),
      ...stamps(),
    });
    return toEnvironment(row);
  });
}

export async function listEnvironments(
  { projectId, text }: ProjectChildFilter,
  sort: Sort,
  paging: Paging,
): Promise<Page<Environment>> {
  const { column, direction } = directionOf(sort);
  let rows = database().selectFrom('environments').selectAll();
  if (projectId !== undefined) rows = rows.where('projectId', '=', projectId);
  if (text !== undefined) rows = rows.where(hasText(['name', 'description'], text));
  const page = await listRows(rows.orderBy(column, direction).orderBy('id', direction), paging);
  return { ...page, items: page.items.map(toEnvironment) };
}

export function updateEnvironment(
  id: number,
  version: number,
  { name, description }: Partial<EnvironmentFields>,
): Promise<Environment> {
  return inTransaction(async (db) => {
    const { projectId } = await findRow(db, 'environments', id);
    if (name !== undefined) {
      await refuseTakenName(db, { table, ownerId: projectId, name: name.trim(), except: id });
    }
    const changes = { name: name?.trim(), description };
    return toEnvironment(await updateRow(db, 'environments', { id, version, changes }));
  });
}
