import { setImmediate as nextTurn } from 'node:timers/promises';
import { renameInJson } from '../importers/openapi/bundle-schema.ts';
import type { PreparedCollection, PreparedEntry } from '../importers/prepared-collection.ts';
import type { Database } from '../storage/open-database.ts';
import type { MergeMode, PartCounts } from './import-report.ts';

/** Names under which the schemas of a document are stored, where they differ from its own. */
export type SchemaNames = ReadonlyMap<string, string>;

export interface SchemaPlace {
  moduleId: number;
  mode: MergeMode;
  /** Whose schemas are stored. */
  entries: readonly PreparedEntry[];
}

const chunk = 100;

/**
 * Stores the schemas that the entries reach. One that is there under the same name and differs is changed by an
 * update; entries that are only added get one of their own under another name.
 */
export async function applySchemas(
  db: Database,
  collection: PreparedCollection,
  place: SchemaPlace & { counts: PartCounts },
): Promise<SchemaNames> {
  const { moduleId, mode, counts } = place;
  const schemas = new Map(collection.schemas.map((schema) => [schema.name, schema]));
  const reached = reachedFrom(
    place.entries.flatMap((entry) => entry.schemas),
    schemas,
  );
  if (reached.size === 0) return new Map();
  const rows = await db.selectFrom('moduleSchemas').selectAll().where('moduleId', '=', moduleId).execute();
  const present = new Map(rows.map((row) => [row.name, row.schemaJson]));
  const names = mode === 'addOnly' ? freeNames(reached, present, schemas) : new Map<string, string>();
  const missing: { moduleId: number; name: string; schemaJson: string }[] = [];
  for (const own of reached) {
    const name = names.get(own) ?? own;
    const schemaJson = renameInJson(schemas.get(own)?.json ?? '{}', names);
    const now = present.get(name);
    if (now === undefined) missing.push({ moduleId, name, schemaJson });
    else if (now === schemaJson) counts.unchanged++;
    else {
      await db
        .updateTable('moduleSchemas')
        .set({ schemaJson })
        .where('moduleId', '=', moduleId)
        .where('name', '=', name)
        .execute();
      counts.updated++;
    }
  }
  for (let from = 0; from < missing.length; from += chunk) {
    await db
      .insertInto('moduleSchemas')
      .values(missing.slice(from, from + chunk))
      .execute();
    await nextTurn();
  }
  counts.added += missing.length;
  return names;
}

function reachedFrom(start: string[], schemas: ReadonlyMap<string, { schemas: string[] }>): Set<string> {
  const reached = new Set<string>();
  const queue = [...start];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const schema = schemas.get(name);
    if (schema === undefined || reached.has(name)) continue;
    reached.add(name);
    queue.push(...schema.schemas);
  }
  return reached;
}

/** Other names for those that are there with another content; what refers to one of them differs then, too. */
function freeNames(
  reached: ReadonlySet<string>,
  present: ReadonlyMap<string, string>,
  schemas: ReadonlyMap<string, { json: string; schemas: string[] }>,
): Map<string, string> {
  const renamed = new Map<string, string>();
  for (let changed = true; changed;) {
    changed = false;
    for (const name of reached) {
      if (renamed.has(name) || !present.has(name)) continue;
      const json = renameInJson(schemas.get(name)?.json ?? '{}', renamed);
      if (json === present.get(name)) continue;
      let free = name;
      const isTaken = (candidate: string): boolean =>
        present.has(candidate) || reached.has(candidate) || [...renamed.values()].includes(candidate);
      for (let turn = 2; isTaken(free); turn++) free = `${name}_${turn}`;
      renamed.set(name, free);
      changed = true;
    }
  }
  return renamed;
}

/** Lets go of the schemas of a module that none of its entries reaches any more. */
export async function removeUnusedSchemas(db: Database, moduleId: number): Promise<void> {
  const rows = await db.selectFrom('moduleSchemas').selectAll().where('moduleId', '=', moduleId).execute();
  if (rows.length === 0) return;
  const refs = (json: string): string[] =>
    [...json.matchAll(/"#\/components\/schemas\/([\w.-]+)"/g)].map((found) => found[1] ?? '');
  const schemas = new Map(rows.map((row) => [row.name, { schemas: refs(row.schemaJson) }]));
  const entries = await db
    .selectFrom('apis')
    .select('schemasJson')
    .where('moduleId', '=', moduleId)
    .where('schemasJson', 'is not', null)
    .execute();
  const reached = reachedFrom(
    entries.flatMap((entry) => refs(entry.schemasJson ?? '')),
    schemas,
  );
  const unused = rows.map((row) => row.name).filter((name) => !reached.has(name));
  for (let from = 0; from < unused.length; from += chunk) {
    await db
      .deleteFrom('moduleSchemas')
      .where('moduleId', '=', moduleId)
      .where('name', 'in', unused.slice(from, from + chunk))
      .execute();
  }
}
