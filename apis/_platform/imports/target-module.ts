import { ApiError } from 'api-deploy';
import type { PreparedCollection } from '../importers/prepared-collection.ts';
import { findRow } from '../storage/find-row.ts';
import { insertRow } from '../storage/insert-row.ts';
import type { Database } from '../storage/open-database.ts';
import { nextPosition } from '../storage/placement.ts';
import { stamps } from '../storage/stamps.ts';

/** A project, where each document gets a module of its name; or one module. */
export type ImportTarget = { projectId: number } | { moduleId: number };

export interface TargetModule {
  id: number;
  name: string;
  authJson: string;
  isNew: boolean;
}

/**
 * Where a document goes. In a project it is the module with the document's name, made where it is missing; a document
 * with nothing but environments needs none.
 *
 * @throws ApiError NOT_FOUND, MODULE_MIRRORS_SERVICE
 */
export async function findTarget(
  db: Database,
  target: ImportTarget,
  collection: PreparedCollection,
): Promise<{ projectId: number; module?: TargetModule }> {
  if ('moduleId' in target) {
    const row = await findRow(db, 'modules', target.moduleId);
    if (row.ownModule !== null) {
      throw new ApiError(
        'MODULE_MIRRORS_SERVICE',
        `module ${row.id} ('${row.name}') mirrors the service's own functions; import into another module, or into the project`,
        { status: 409 },
      );
    }
    return { projectId: row.projectId, module: { ...row, isNew: false } };
  }
  const { projectId } = target;
  await findRow(db, 'projects', projectId);
  if (collection.entries.length === 0 && collection.variables.length === 0) return { projectId };
  const present = await db
    .selectFrom('modules')
    .select(['id', 'name', 'authJson', 'ownModule'])
    .where('projectId', '=', projectId)
    .execute();
  const same = present.find(({ name, ownModule }) => name === collection.name && ownModule === null);
  if (same !== undefined) return { projectId, module: { ...same, isNew: false } };
  const taken = new Set(present.map(({ name }) => name));
  let { name } = collection;
  for (let turn = 2; taken.has(name); turn++) name = `${collection.name.slice(0, 44).trimEnd()} (${turn})`;
  const row = await insertRow(db, 'modules', {
    projectId,
    name,
    icon: '',
    authJson: '{"type":"inherit"}',
    position: await nextPosition(db, { table: 'modules', ownerId: projectId }),
    ownModule: null,
    ...stamps(),
  });
  return { projectId, module: { ...row, isNew: true } };
}
