import { isDeepStrictEqual } from 'node:util';
import type { ImportedCollection, ImportedEntry } from '../../importers/importer.ts';
import { extensionKey } from '../../importers/openapi/extension.ts';
import { openApiImporter } from '../../importers/openapi/openapi-importer.ts';
import { at, isObject, pointerToken, type JsonObject } from '../../importers/read-node.ts';
import type { Json } from '../../model/json.ts';
import { splitUrl, toOperation } from './to-operation.ts';
import { SecuritySchemes } from './to-security.ts';
import { toServers } from './to-servers.ts';

const methods = new Set(['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE']);

/**
 * A part of the catalog as OpenAPI 3.1. What OpenAPI has no words for is written beside its operation, as
 * `x-api-deploy`, and found out by reading the document back: importing it gives the same entries.
 */
export function toOpenApi(collection: ImportedCollection): JsonObject {
  const security = new SecuritySchemes();
  const paths: { [path: string]: JsonObject } = Object.create(null) as { [path: string]: JsonObject };
  const placed = new Map<string, ImportedEntry>();
  const others: ImportedEntry[] = [];
  for (const entry of collection.entries) {
    const { path, server } = splitUrl(entry.request.url);
    const method = entry.request.method.toLowerCase();
    const item = (paths[path] ??= {});
    if (!methods.has(entry.request.method) || method in item) {
      others.push(entry);
      if (Object.keys(item).length === 0) delete paths[path];
      continue;
    }
    item[method] = toOperation(entry, { path, server, security });
    placed.set(`/paths/${pointerToken(path)}/${method}`, entry);
  }
  const root = security.requirement(collection.auth);
  const schemes = security.all();
  const document: JsonObject = {
    openapi: '3.1.1',
    info: {
      title: collection.name || 'API',
      ...(collection.description === '' ? {} : { description: collection.description }),
      version: '1.0.0',
    },
    ...toServers(collection.environments),
    ...(root === undefined ? {} : { security: root }),
    ...(collection.categories.length === 0
      ? {}
      : {
          tags: collection.categories.map(({ name, description }) => ({
            name,
            ...(description === '' ? {} : { description }),
          })),
        }),
    paths: { ...paths },
    components: {
      ...(Object.keys(collection.schemas).length === 0 ? {} : { schemas: collection.schemas }),
      ...(Object.keys(schemes).length === 0 ? {} : { securitySchemes: schemes }),
    },
  };
  return withDifferences(document, collection, { placed, others });
}

interface Placement {
  /** Entries by the pointers of their operations. */
  placed: ReadonlyMap<string, ImportedEntry>;
  others: ImportedEntry[];
}

function withDifferences(
  document: JsonObject,
  collection: ImportedCollection,
  { placed, others }: Placement,
): JsonObject {
  const input = { name: 'export.json', text: JSON.stringify(document), others: [] };
  const read = openApiImporter.read(input, {});
  for (const entry of read.entries) {
    const original = placed.get(entry.where);
    const operation = original && operationAt(document, entry.where);
    if (operation === undefined || original === undefined) continue;
    const difference = differenceOf(original, entry);
    if (difference !== undefined) operation[extensionKey] = difference;
  }
  const extension: JsonObject = {
    ...(others.length === 0 ? {} : { entries: others.map(withoutPlace) }),
    ...part('auth', collection.auth, read.auth),
    ...part('variables', collection.variables, read.variables),
    ...part('environments', collection.environments, read.environments),
    ...part('categories', sorted(collection.categories), sorted(read.categories)),
  };
  return Object.keys(extension).length === 0 ? document : { ...document, [extensionKey]: extension };
}

function sorted<T extends { name: string }>(list: T[]): T[] {
  return list.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function part(key: string, wanted: unknown, read: unknown): JsonObject {
  return wanted === undefined || isDeepStrictEqual(wanted, read) ? {} : { [key]: wanted as Json };
}

function operationAt(document: JsonObject, pointer: string): JsonObject | undefined {
  let found: Json | undefined = document;
  for (const token of pointer.split('/').slice(1)) {
    found = at(found, token.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return isObject(found) ? found : undefined;
}

function withoutPlace(entry: ImportedEntry): Json {
  const { where: _, ...rest } = entry;
  return rest as unknown as Json;
}

/** The parts of an entry that reading its operation does not give. */
function differenceOf(wanted: ImportedEntry, read: ImportedEntry): JsonObject | undefined {
  const difference: JsonObject = {};
  for (const key of [
    'category',
    'name',
    'description',
    'tags',
    'assertions',
    'extractions',
    'schemas',
  ] as const) {
    if (!isDeepStrictEqual(wanted[key], read[key]))
      difference[key] = (wanted[key] ?? null) as unknown as Json;
  }
  const request: JsonObject = {};
  for (const key of [
    'method',
    'url',
    'pathParams',
    'params',
    'headers',
    'body',
    'auth',
    'settings',
  ] as const) {
    if (!isDeepStrictEqual(wanted.request[key], read.request[key])) {
      request[key] = (wanted.request[key] ?? null) as unknown as Json;
    }
  }
  if (Object.keys(request).length > 0) difference['request'] = request;
  return Object.keys(difference).length === 0 ? undefined : difference;
}
