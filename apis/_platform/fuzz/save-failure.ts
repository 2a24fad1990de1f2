import { ApiError, type ServedEndpoint } from 'api-deploy';
import { insertCatalogEntry } from '../catalog/catalog-entries.ts';
import type { Auth } from '../model/request.ts';
import { findRow } from '../storage/find-row.ts';
import { inTransaction } from '../storage/in-transaction.ts';
import { insertRow } from '../storage/insert-row.ts';
import type { Database } from '../storage/open-database.ts';
import { nextPosition } from '../storage/placement.ts';
import { stamps } from '../storage/stamps.ts';
import { updateRow } from '../storage/update-row.ts';
import { failureEntry, fuzzTag } from './failure-entry.ts';
import type { FuzzFailure } from './fuzz-report.ts';

/** Project of failures of modules that no project mirrors. */
const projectName = 'Fuzz';

export interface Finding {
  readonly endpoint: ServedEndpoint;
  readonly failure: FuzzFailure;
  readonly seed: number;
}

/**
 * Saves a failure in the catalog: in the module that is asked for, else in the one that mirrors the endpoint's own,
 * else in a project `Fuzz`. The same kind of failure of an endpoint has one entry, which gets the latest arguments.
 *
 * @returns the entry's id
 * @throws ApiError NOT_FOUND for a module that does not exist
 */
export function saveFailure({ endpoint, failure, seed }: Finding, moduleId?: number): Promise<number> {
  const fields = failureEntry(endpoint, failure, seed);
  return inTransaction(async (db) => {
    const place =
      moduleId ?? (await mirroringModule(db, endpoint.module)) ?? (await ownModule(db, endpoint.module));
    await findRow(db, 'modules', place);
    const known = await db
      .selectFrom('apis')
      .selectAll()
      .where('moduleId', '=', place)
      .where('name', '=', fields.name)
      .where('ownEndpoint', 'is', null)
      .execute();
    const before = known.find(({ tagsJson }) => (JSON.parse(tagsJson) as string[]).includes(fuzzTag));
    if (before === undefined)
      return (await insertCatalogEntry(db, { moduleId: place, categoryId: null }, fields)).id;
    const { id, version } = before;
    const changes = {
      description: fields.description,
      bodyJson: JSON.stringify(fields.body),
      assertionsJson: JSON.stringify(fields.assertions),
    };
    await updateRow(db, 'apis', { id, version, changes });
    return id;
  });
}

/** @throws ApiError NOT_FOUND, before anything is tried */
export async function refuseMissingModule(db: Database, moduleId: number | undefined): Promise<void> {
  if (moduleId === undefined) return;
  const row = await db.selectFrom('modules').select('id').where('id', '=', moduleId).executeTakeFirst();
  if (row !== undefined) return;
  throw new ApiError(
    'NOT_FOUND',
    `there is no module ${moduleId} to save failures in; leave moduleId out, or pass the id of a module of the catalog`,
    { status: 404, details: { kind: 'module', id: moduleId } },
  );
}

async function mirroringModule(db: Database, module: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('modules')
    .select('id')
    .where('ownModule', '=', module)
    .orderBy('id')
    .executeTakeFirst();
  return row?.id;
}

async function ownModule(db: Database, module: string): Promise<number> {
  const projectId = await ownProject(db);
  const name = [...module].slice(-50).join('');
  const known = await db
    .selectFrom('modules')
    .select('id')
    .where('projectId', '=', projectId)
    .where('name', '=', name)
    .executeTakeFirst();
  if (known !== undefined) return known.id;
  const values = {
    projectId,
    name,
    icon: '',
    authJson: JSON.stringify({ type: 'inherit' } satisfies Auth),
    position: await nextPosition(db, { table: 'modules', ownerId: projectId }),
    ownModule: null,
    ...stamps(),
  };
  return (await insertRow(db, 'modules', values)).id;
}

async function ownProject(db: Database): Promise<number> {
  const known = await db
    .selectFrom('projects')
    .select('id')
    .where('name', '=', projectName)
    .executeTakeFirst();
  if (known !== undefined) return known.id;
  const values = {
    name: projectName,
    description: 'What fuzzing found. Set the variables baseUrl and token to send it again.',
    authJson: JSON.stringify({ type: 'bearer', token: '{{token}}' } satisfies Auth),
    settingsJson: '{}',
    position: await nextPosition(db, { table: 'projects' }),
    ...stamps(),
  };
  return (await insertRow(db, 'projects', values)).id;
}
