import type { Json } from '../../model/json.ts';
import { importError } from '../import-error.ts';
import type { ImportedCollection, ImportedEntry, Importer, ImportInput } from '../importer.ts';
import { parseDocument } from '../parse-document.ts';
import { at, isObject, kindOf, listAt, pointerToken, shorten, textAt } from '../read-node.ts';
import { withBuiltIns } from './dynamic-variables.ts';
import { addEvents, noScripts, withLeftovers, type Scripts } from './events.ts';
import { readPostmanAuth } from './postman-auth.ts';
import { readPostmanBody } from './postman-body.ts';
import { descriptionOf, headersOf, readPostmanVariables, settingsOf } from './postman-parts.ts';
import { readPostmanUrl } from './postman-url.ts';

/** Postman collections 2.0 and 2.1. */
export const postmanImporter: Importer = {
  name: 'Postman',
  detect(text) {
    const start = text.slice(0, 20_000);
    if (/schema\.(?:get)?postman\.com\/json\/collection\/v2/.test(text)) return 1;
    return /"_postman_id"\s*:/.test(start) && /"item"\s*:/.test(text) ? 0.9 : 0;
  },
  read,
};

/** Where in the tree of folders a request is. */
interface Folder {
  names: string[];
  where: string;
  auth?: NonNullable<ImportedCollection['auth']>;
  scripts: Scripts;
}

function read(input: ImportInput): ImportedCollection {
  const document = parseDocument(input);
  // Postman's own API wraps the collection.
  const root = isObject(at(document, 'collection')) ? (at(document, 'collection') as Json) : document;
  const items = at(root, 'item');
  if (!Array.isArray(items)) {
    throw importError(`expected 'item' to be a list of requests and folders, got ${kindOf(items)}`, {
      file: input.name,
      pointer: '/item',
    });
  }
  const collection: ImportedCollection = {
    format: `Postman ${/v2\.\d/.exec(textAt(at(root, 'info'), 'schema') ?? '')?.[0].slice(1) ?? '2'}`,
    name: textAt(at(root, 'info'), 'name')?.trim() || input.name,
    description: descriptionOf(at(root, 'info')),
    variables: readPostmanVariables(listAt(root, 'variable')),
    environments: [],
    categories: [],
    entries: [],
    schemas: {},
    skipped: [],
    notConverted: [],
  };
  const auth = authOf(collection, root, '');
  if (auth !== undefined) collection.auth = auth;
  const scripts = addEvents(collection, noScripts, { value: root, where: '/event' });
  readItems(collection, items, { names: [], where: '', scripts });
  addSavedAnswers(collection, items);
  return collection;
}

function readItems(collection: ImportedCollection, items: Json[], folder: Folder): void {
  for (const [index, item] of items.entries()) {
    const where = `${folder.where}/item/${index}`;
    const name = textAt(item, 'name')?.trim() || `item ${index}`;
    const children = at(item, 'item');
    if (Array.isArray(children)) {
      if (folder.names.length > 100) {
        collection.skipped.push({ where, name, reason: 'folders are nested more than 100 levels deep' });
        continue;
      }
      const auth = authOf(collection, item, where) ?? folder.auth;
      const scripts = addEvents(collection, folder.scripts, { value: item, where: `${where}/event` });
      if (listAt(item, 'variable').length > 0) {
        collection.variables.push(
          ...readPostmanVariables(listAt(item, 'variable')).filter(
            (variable) => !collection.variables.some((known) => known.name === variable.name),
          ),
        );
      }
      const inner: Folder = {
        names: [...folder.names, name],
        where,
        scripts,
        ...(auth === undefined ? {} : { auth }),
      };
      addCategory(collection, inner, descriptionOf(item));
      readItems(collection, children, inner);
      continue;
    }
    try {
      collection.entries.push(readItem(collection, { item, where, name }, folder));
    } catch (error) {
      collection.skipped.push({
        where,
        name,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }
}

function categoryName(folder: Folder): string {
  return shorten(folder.names.join(' / '), 100);
}

function addCategory(collection: ImportedCollection, folder: Folder, description: string): void {
  const name = categoryName(folder);
  if (collection.categories.some((category) => category.name === name)) return;
  collection.categories.push({
    name,
    description,
    ...(folder.auth === undefined ? {} : { auth: folder.auth }),
  });
}

function readItem(
  collection: ImportedCollection,
  given: { item: Json; where: string; name: string },
  folder: Folder,
): ImportedEntry {
  const { item, where, name } = given;
  const request = at(item, 'request');
  if (typeof request !== 'string' && !isObject(request)) {
    throw new Error(`expected 'request' to be a URL or an object, got ${kindOf(request)}`);
  }
  const note = (what: string, reason: string): void => {
    collection.notConverted.push({ where, what, reason });
  };
  const url = readPostmanUrl(isObject(request) ? at(request, 'url') : request);
  if (url.url === '') throw new Error('it has no URL');
  const headers = headersOf(at(request, 'header'));
  const contentType = headers.find(
    (header) => header.name.toLowerCase() === 'content-type' && header.enabled !== false,
  );
  const body = readPostmanBody(at(request, 'body'), contentType?.value, note);
  const scripts = addEvents(collection, folder.scripts, { value: item, where: `${where}/event` });
  const settings = settingsOf(at(item, 'protocolProfileBehavior'));
  const spec = {
    method: (textAt(request, 'method') ?? 'GET').toUpperCase().slice(0, 20) || 'GET',
    ...url,
    headers,
    body,
    auth: authOf(collection, request, `${where}/request`) ?? { type: 'inherit' as const },
    ...(settings === undefined ? {} : { settings }),
  };
  return {
    where,
    ...(folder.names.length === 0 ? {} : { category: categoryName(folder) }),
    name: shorten(name, 200),
    description: withLeftovers(descriptionOf(request) || descriptionOf(item), scripts),
    tags: [],
    request: withBuiltIns(spec as unknown as Json, (dynamic) =>
      note(`{{${dynamic}}}`, 'there is no built-in variable like it'),
    ) as unknown as ImportedEntry['request'],
    assertions: scripts.assertions,
    extractions: scripts.extractions,
  };
}

function authOf(collection: ImportedCollection, holder: Json, where: string): ImportedCollection['auth'] {
  const found = readPostmanAuth(at(holder, 'auth'));
  if (found === undefined) return undefined;
  if ('auth' in found)
    return withBuiltIns(
      found.auth as unknown as Json,
      () => undefined,
    ) as unknown as ImportedCollection['auth'];
  collection.notConverted.push({
    where: `${where}/${pointerToken('auth')}`,
    what: 'auth',
    reason: found.reason,
  });
  return undefined;
}

/** Saved answers are examples of what a server once said; they are told of once. */
function addSavedAnswers(collection: ImportedCollection, items: Json[]): void {
  let count = 0;
  const stack = [...items];
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    count += listAt(item, 'response').length;
    stack.push(...listAt(item, 'item'));
  }
  if (count > 0) {
    collection.notConverted.push({
      where: '/item',
      what: `${count} saved answers`,
      reason: 'the catalog holds requests',
    });
  }
}
