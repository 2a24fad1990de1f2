import { setImmediate as nextTurn } from 'node:timers/promises';
import { fromJson, toCatalogEntry } from '../catalog/to-entity.ts';
import { defaultColour } from '../model/category.ts';
import type { ImportedCollection, ImportedEntry, ImportedVariable } from '../importers/importer.ts';
import { renameInJson } from '../importers/openapi/bundle-schema.ts';
import type { Auth } from '../model/request.ts';
import { database } from '../storage/database.ts';
import { findRow } from '../storage/find-row.ts';
import type { Row } from '../storage/tables.ts';

/** What is exported: a module, or all modules of a project. */
export type ExportSource = { projectId: number } | { moduleId: number };

const chunk = 50;

/**
 * A part of the catalog in the words of the importers. Secrets are left out. Modules of a project become the first
 * part of their categories' names; entries carry the auth that their module would give them where modules differ.
 *
 * @throws ApiError NOT_FOUND
 */
export async function loadCollection(source: ExportSource): Promise<ImportedCollection> {
  const db = database();
  const modules =
    'moduleId' in source
      ? [await findRow(db, 'modules', source.moduleId)]
      : await modulesOf(source.projectId);
  const projectId = 'moduleId' in source ? (modules[0]?.projectId ?? 0) : source.projectId;
  const project = await findRow(db, 'projects', projectId);
  const collection: ImportedCollection = {
    format: 'catalog',
    name: 'moduleId' in source ? (modules[0]?.name ?? '') : project.name,
    description: 'moduleId' in source ? '' : project.description,
    variables: 'projectId' in source ? await variablesOf('projectId', projectId) : [],
    environments: await environmentsOf(projectId),
    categories: [],
    entries: [],
    schemas: {},
    skipped: [],
    notConverted: [],
  };
  const auths = modules.map(({ authJson }) => authJson);
  const shared = new Set(auths).size === 1 ? auths[0] : undefined;
  const auth = shared === undefined ? undefined : fromJson<Auth>(shared);
  if (auth !== undefined && auth.type !== 'inherit') collection.auth = auth;
  for (const module of modules) {
    await addModule(collection, module, { prefix: modules.length > 1, own: shared === undefined });
  }
  return collection;
}

async function modulesOf(projectId: number): Promise<Row<'modules'>[]> {
  return await database()
    .selectFrom('modules')
    .selectAll()
    .where('projectId', '=', projectId)
    .orderBy('position')
    .orderBy('id')
    .execute();
}

async function addModule(
  collection: ImportedCollection,
  module: Row<'modules'>,
  { prefix, own }: { prefix: boolean; own: boolean },
): Promise<void> {
  const db = database();
  const moduleAuth = fromJson<Auth>(module.authJson);
  const withPrefix = (name: string): string => (prefix ? `${module.name} / ${name}`.slice(0, 100) : name);
  const rows = await db
    .selectFrom('categories')
    .selectAll()
    .where('moduleId', '=', module.id)
    .orderBy('position')
    .orderBy('id')
    .execute();
  const categories = new Map(
    rows.map((row) => [row.id, { name: withPrefix(row.name), auth: fromJson<Auth>(row.authJson) }]),
  );
  for (const row of rows) {
    const auth = fromJson<Auth>(row.authJson);
    const given = auth.type === 'inherit' && own ? moduleAuth : auth;
    collection.categories.push({
      name: withPrefix(row.name),
      description: row.description,
      ...(row.colour === defaultColour ? {} : { colour: row.colour }),
      ...(given.type === 'inherit' ? {} : { auth: given }),
    });
  }
  const names = await addSchemas(collection, module.id);
  if (own && moduleAuth.type !== 'inherit' && prefix)
    collection.categories.push({ name: module.name, description: '', auth: moduleAuth });
  const known = new Set(collection.variables.map(({ name }) => name));
  collection.variables.push(
    ...(await variablesOf('moduleId', module.id)).filter(({ name }) => !known.has(name)),
  );
  for await (const row of entriesOf(module.id)) {
    const category =
      row.categoryId === null ? (prefix ? module.name : undefined) : categories.get(row.categoryId)?.name;
    collection.entries.push(toEntry(row, { category, names }));
  }
}

async function* entriesOf(moduleId: number): AsyncGenerator<Row<'apis'>> {
  for (let offset = 0; ; offset += chunk) {
    const rows = await database()
      .selectFrom('apis')
      .selectAll()
      .where('moduleId', '=', moduleId)
      .orderBy('position')
      .orderBy('id')
      .limit(chunk)
      .offset(offset)
      .execute();
    yield* rows;
    if (rows.length < chunk) return;
    await nextTurn();
  }
}

function toEntry(
  row: Row<'apis'>,
  { category, names }: { category: string | undefined; names: ReadonlyMap<string, string> },
): ImportedEntry {
  const entry = toCatalogEntry({
    ...row,
    schemasJson: row.schemasJson === null ? null : renameInJson(row.schemasJson, names),
  });
  const { settings, schemas } = entry;
  return {
    where: `catalog entry ${entry.id}`,
    ...(category === undefined ? {} : { category }),
    name: entry.name,
    description: entry.description,
    tags: entry.tags,
    request: {
      method: entry.method,
      url: entry.url,
      pathParams: entry.pathParams,
      params: entry.params,
      headers: entry.headers,
      body: entry.body,
      auth: entry.auth,
      ...(Object.keys(settings).length === 0 ? {} : { settings }),
    },
    assertions: entry.assertions,
    extractions: entry.extractions,
    ...(schemas === null ? {} : { schemas }),
  };
}

/** Adds the schemas of a module; gives other names to those whose name another module has for another one. */
async function addSchemas(collection: ImportedCollection, moduleId: number): Promise<Map<string, string>> {
  const rows = await database()
    .selectFrom('moduleSchemas')
    .select(['name', 'schemaJson'])
    .where('moduleId', '=', moduleId)
    .orderBy('name')
    .execute();
  const names = new Map<string, string>();
  const present = collection.schemas;
  for (const { name, schemaJson } of rows) {
    if (!Object.hasOwn(present, name) || JSON.stringify(present[name]) === schemaJson) continue;
    let free = name;
    for (let turn = 2; Object.hasOwn(present, free); turn++) free = `${name}_${turn}`;
    names.set(name, free);
  }
  for (const { name, schemaJson } of rows) {
    present[names.get(name) ?? name] = fromJson(renameInJson(schemaJson, names));
  }
  return names;
}

async function environmentsOf(projectId: number): Promise<ImportedCollection['environments']> {
  const rows = await database()
    .selectFrom('environments')
    .select(['id', 'name'])
    .where('projectId', '=', projectId)
    .orderBy('position')
    .orderBy('id')
    .execute();
  return await Promise.all(
    rows.map(async ({ id, name }) => ({ name, variables: await variablesOf('environmentId', id) })),
  );
}

/** Secrets stay where they are. */
async function variablesOf(
  column: 'environmentId' | 'moduleId' | 'projectId',
  id: number,
): Promise<ImportedVariable[]> {
  const rows = await database()
    .selectFrom('variables')
    .select(['name', 'value', 'enabled'])
    .where(column, '=', id)
    .where('secret', '=', 0)
    .orderBy('id')
    .execute();
  return rows.map(({ name, value, enabled }) => ({
    name,
    value: fromJson(value),
    ...(enabled === 0 ? { enabled: false } : {}),
  }));
}
