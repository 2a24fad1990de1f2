import type { ServedEndpoint } from 'api-deploy';
import { insertRow } from '../storage/insert-row.ts';
import type { Database } from '../storage/open-database.ts';
import { nextPosition } from '../storage/placement.ts';
import { stamps } from '../storage/stamps.ts';
import { freeName } from '../storage/unique-name.ts';

/** Ids of the modules that mirror those of the endpoints, by their names; missing ones are made. */
export async function ownModules(
  db: Database,
  projectId: number,
  endpoints: readonly ServedEndpoint[],
): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('modules')
    .select(['id', 'ownModule'])
    .where('ownModule', 'is not', null)
    .orderBy('id')
    .execute();
  const ids = new Map<string, number>();
  // Of copies, the first is the original; it may be in another project by now.
  for (const { id, ownModule } of rows) if (ownModule !== null && !ids.has(ownModule)) ids.set(ownModule, id);
  let position = await nextPosition(db, { table: 'modules', ownerId: projectId });
  for (const module of new Set(endpoints.map((endpoint) => endpoint.module))) {
    if (ids.has(module)) continue;
    const name = await freeName(db, { table: 'modules', ownerId: projectId, name: module }, 50);
    const { id } = await insertRow(db, 'modules', {
      projectId,
      name,
      icon: '',
      authJson: JSON.stringify({ type: 'inherit' }),
      position: position++,
      ownModule: module,
      ...stamps(),
    });
    ids.set(module, id);
  }
  return ids;
}
