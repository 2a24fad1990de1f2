import { isDeepStrictEqual } from 'node:util';
import type { ServedEndpoint } from 'api-deploy';
import type { Json } from '../model/json.ts';
import type { Database } from '../storage/open-database.ts';
import type { Row } from '../storage/tables.ts';
import { letGo } from './let-go.ts';
import { ModuleDefinitions } from './module-definitions.ts';
import { toOwnEntry } from './own-entry.ts';
import { ownModules } from './own-modules.ts';
import { followEntry, insertEntry } from './own-rows.ts';
import { ownProject } from './own-project.ts';
import { toOwnSchemas } from './own-schemas.ts';

export interface Served {
  endpoints: readonly ServedEndpoint[];
  baseUrl: string;
  /** Whether a module that serves nothing does not exist, rather than failing to load. */
  isGone: (module: string) => boolean;
}

/** How many entries were what. */
export interface MirrorCounts {
  added: number;
  changed: number;
  removed: number;
  /** Their endpoints are gone; they stay, because people changed them or scenarios use them. */
  marked: number;
}

/**
 * Brings the project with this service's own endpoints up to date with what it serves. What people changed in an entry
 * stays; the entry of an endpoint that is gone is removed, unless people changed it or a scenario uses it: then it gets
 * the tag `gone`. To be run in a transaction; changes nothing when nothing differs.
 */
export async function mirrorEndpoints(db: Database, served: Served): Promise<MirrorCounts> {
  const counts: MirrorCounts = { added: 0, changed: 0, removed: 0, marked: 0 };
  const projectId = await ownProject(db, served.baseUrl);
  const modules = await ownModules(db, projectId, served.endpoints);
  const entries = await entriesByEndpoint(db);
  for (const [module, endpoints] of byModule(served.endpoints)) {
    const moduleId = modules.get(module) as number;
    const definitions = new ModuleDefinitions(endpoints);
    await followSchemas(db, moduleId, definitions.schemas);
    for (const endpoint of endpoints) {
      const columns = { schemasJson: JSON.stringify(toOwnSchemas(endpoint, definitions)) };
      const entry = entries.get(endpoint.path);
      const next = toOwnEntry(endpoint);
      if (entry === undefined) {
        await insertEntry(db, { moduleId, ownEndpoint: endpoint.path, ...columns }, next);
        counts.added++;
      } else if (await followEntry(db, entry, { ...columns, next })) counts.changed++;
    }
  }
  const { removed, marked } = await letGo(db, { ...served, entries, modules });
  return { ...counts, removed, marked };
}

function byModule(endpoints: readonly ServedEndpoint[]): Map<string, ServedEndpoint[]> {
  const modules = new Map<string, ServedEndpoint[]>();
  for (const endpoint of endpoints) {
    const list = modules.get(endpoint.module);
    if (list === undefined) modules.set(endpoint.module, [endpoint]);
    else list.push(endpoint);
  }
  return modules;
}

/** Of copies that people made, the first is the original. */
async function entriesByEndpoint(db: Database): Promise<Map<string, Row<'apis'>>> {
  const rows = await db
    .selectFrom('apis')
    .selectAll()
    .where('ownEndpoint', 'is not', null)
    .orderBy('id')
    .execute();
  const entries = new Map<string, Row<'apis'>>();
  for (const row of rows)
    if (row.ownEndpoint !== null && !entries.has(row.ownEndpoint)) entries.set(row.ownEndpoint, row);
  return entries;
}

async function followSchemas(
  db: Database,
  moduleId: number,
  schemas: ReadonlyMap<string, Json>,
): Promise<void> {
  const rows = await db
    .selectFrom('moduleSchemas')
    .select(['name', 'schemaJson'])
    .where('moduleId', '=', moduleId)
    .execute();
  const next = new Map([...schemas].map(([name, schema]) => [name, JSON.stringify(schema)]));
  if (isDeepStrictEqual(new Map(rows.map(({ name, schemaJson }) => [name, schemaJson])), next)) return;
  await db.deleteFrom('moduleSchemas').where('moduleId', '=', moduleId).execute();
  for (const [name, schemaJson] of next)
    await db.insertInto('moduleSchemas').values({ moduleId, name, schemaJson }).execute();
}
