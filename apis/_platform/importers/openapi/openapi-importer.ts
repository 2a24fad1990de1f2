import type { Json } from '../../model/json.ts';
import { GroupedNotes } from '../grouped-notes.ts';
import { importError } from '../import-error.ts';
import type {
  ImportedCategory,
  ImportedCollection,
  ImportedEntry,
  Importer,
  ImportInput,
  ImportOptions,
} from '../importer.ts';
import { asText, at, isObject, kindOf, listAt, shorten, textAt } from '../read-node.ts';
import { childOf, childrenOf, Documents, type Located } from './documents.ts';
import { readExtension } from './extension.ts';
import { methods, readOperation, type OperationPlace } from './operation.ts';
import { noteUnused } from './note-unused.ts';
import { note, type OpenApiVersion, type Reading } from './reading.ts';
import { SchemaStore } from './schema-store.ts';
import { readSecurity, readSecuritySchemes } from './security.ts';
import { readServers } from './servers.ts';

/** OpenAPI 3.0, 3.1 (and what 3.2 shares with it) and Swagger 2.0, as JSON or YAML, in one or several files. */
export const openApiImporter: Importer = {
  name: 'OpenAPI',
  detect(text) {
    const start = text.slice(0, 20_000);
    if (/^\s*["']?(?:openapi|swagger)["']?\s*:\s*["']?[23]\b/m.test(start)) return 1;
    if (/[{,]\s*"(?:openapi|swagger)"\s*:\s*"[23]\b/.test(start)) return 1;
    // Some generators write the version last.
    return /[{,]\s*"(?:openapi|swagger)"\s*:\s*"[23]\.\d/.test(text.slice(-2000)) ? 0.9 : 0;
  },
  missing: (input) => new Documents(input).missing(),
  read,
};

function read(
  input: ImportInput,
  options: ImportOptions,
  take?: (entry: ImportedEntry) => void,
): ImportedCollection {
  const documents = new Documents(input);
  const { root } = documents;
  const version = versionOf(root, input.name);
  const notes = new GroupedNotes();
  const store = new SchemaStore(documents, version !== '3.1', notes);
  const reading: Reading = { documents, version, store, notes, options };
  const paths = childOf(root, 'paths');
  const hooks = at(root.value, 'webhooks');
  if (!isObject(paths.value) && !(paths.value === undefined && version === '3.1')) {
    throw importError(`expected 'paths' to be an object of paths, got ${kindOf(paths.value)}`, {
      file: input.name,
      pointer: '/paths',
    });
  }
  if (isObject(hooks))
    note(reading, childOf(root, 'webhooks'), 'webhooks', 'what a server sends by itself is no request');
  const schemes = readSecuritySchemes(reading);
  const auth = readSecurity(reading, schemes, childOf(root, 'security'));
  const environments = readServers(reading);
  const collection: ImportedCollection = {
    format: `${version === '2.0' ? 'Swagger' : 'OpenAPI'} ${textAt(root.value, 'openapi') ?? textAt(root.value, 'swagger') ?? version}`,
    name: textAt(at(root.value, 'info'), 'title')?.trim() || input.name,
    description: textAt(at(root.value, 'info'), 'description') ?? '',
    ...(auth === undefined ? {} : { auth }),
    variables: environments[0]?.variables ?? [],
    environments,
    categories: readTags(root),
    entries: [],
    schemas: {},
    skipped: [],
    notConverted: notes.list,
  };
  const categories = new Set<string>();
  for (const place of operationsOf(reading, paths, collection)) {
    let entry: ImportedEntry;
    try {
      entry = readOperation(reading, schemes, place);
    } catch (error) {
      collection.skipped.push(skipped(place, error));
      continue;
    }
    if (entry.category !== undefined) categories.add(entry.category);
    if (take === undefined) collection.entries.push(entry);
    else take(entry);
  }
  addMissingCategories(collection, categories);
  readExtension(reading, collection);
  noteUnused(reading, collection, schemes);
  collection.schemas = store.all();
  return collection;
}

function skipped(place: OperationPlace, error: unknown): ImportedCollection['skipped'][number] {
  return {
    where: place.operation.pointer,
    name: `${place.method.toUpperCase()} ${place.path}`,
    reason: error instanceof Error ? error.message : String(error),
  };
}

function versionOf(root: Located, file: string): OpenApiVersion {
  if (!isObject(root.value)) throw importError(`expected an object, got ${kindOf(root.value)}`, { file });
  const given = textAt(root.value, 'openapi') ?? textAt(root.value, 'swagger');
  if (given !== undefined && /^2(?:\.0)?$/.test(given)) return '2.0';
  if (given !== undefined && /^3\.0\b/.test(given)) return '3.0';
  if (given !== undefined && /^3\.[12]\b/.test(given)) return '3.1';
  throw importError(`expected 'openapi' 3.0 or 3.1, or 'swagger' 2.0, got '${given ?? 'nothing'}'`, {
    file,
    pointer: '/openapi',
  });
}

function* operationsOf(
  reading: Reading,
  paths: Located<Json | undefined>,
  collection: ImportedCollection,
): Generator<OperationPlace> {
  for (const [path, given] of childrenOf(paths)) {
    if (path.startsWith('x-')) continue;
    const item = isObject(given.value) ? reading.documents.follow(given) : undefined;
    if (item === undefined || !isObject(item.value)) {
      const reason = isObject(given.value)
        ? `its $ref '${asText(at(given.value, '$ref'))}' leads nowhere or in a circle`
        : `expected an object of operations, got ${kindOf(given.value)}`;
      collection.skipped.push({ where: given.pointer, name: path, reason });
      continue;
    }
    for (const method of methods) {
      const operation = childOf(item, method);
      if (operation.value !== undefined) yield { path, method, item, operation: operation as Located };
    }
    for (const [method, operation] of childrenOf(childOf(item, 'additionalOperations'))) {
      yield { path, method, item, operation };
    }
  }
}

function readTags(root: Located): ImportedCategory[] {
  return listAt(root.value, 'tags').flatMap((tag) => {
    const name = textAt(tag, 'name')?.trim() ?? '';
    return name === '' ? [] : [{ name: shorten(name, 100), description: textAt(tag, 'description') ?? '' }];
  });
}

/** Tags need not be declared. A declared one that no operation uses is no category. */
function addMissingCategories(collection: ImportedCollection, used: ReadonlySet<string>): void {
  const declared = new Map(collection.categories.map((category) => [category.name, category]));
  const kept = [...declared.values()].filter(({ name }) => used.has(name));
  const others = [...used].filter((name) => !declared.has(name)).map((name) => ({ name, description: '' }));
  collection.categories = [...kept, ...others];
}
