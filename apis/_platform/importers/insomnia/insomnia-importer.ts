import type { Json } from '../../model/json.ts';
import type { MultipartPart, NamedValue, RequestBody } from '../../model/request.ts';
import { importError } from '../import-error.ts';
import type { ImportedCollection, ImportedEntry, ImportedVariable, Importer } from '../importer.ts';
import { parseDocument } from '../parse-document.ts';
import { parsed, splitForm } from '../parsed-body.ts';
import { asText, at, isObject, listAt, shorten, textAt } from '../read-node.ts';
import { readInsomniaAuth } from './insomnia-auth.ts';
import { withOurTemplates } from './insomnia-templates.ts';
import { readVersion4, readVersion5, type InsomniaNode, type InsomniaTree } from './insomnia-tree.ts';

/** Insomnia's exports: version 4, and collections of version 5. */
export const insomniaImporter: Importer = {
  name: 'Insomnia',
  detect(text) {
    const start = text.slice(0, 5000);
    if (/["']?__export_format["']?\s*:\s*4\b/.test(text)) return 1;
    return /^["']?type["']?\s*:\s*["']?collection\.insomnia\.rest\/5/m.test(start) ? 1 : 0;
  },
  read(input) {
    const root = parseDocument(input);
    if (!isObject(root)) throw importError('expected an object', { file: input.name });
    const tree = 'collection' in root ? readVersion5(root, input.name) : readVersion4(root, input.name);
    const base = tree.environments.find((environment) => environment.base);
    const collection: ImportedCollection = {
      format: tree.format,
      name: tree.name.trim() || input.name,
      description: tree.description,
      variables: base === undefined ? [] : toVariables(base.data),
      environments: environmentsOf(tree),
      categories: [],
      entries: [],
      schemas: {},
      skipped: [],
      notConverted: [],
    };
    readNodes(collection, tree.nodes, { names: [] });
    return collection;
  },
};

function environmentsOf(tree: InsomniaTree): ImportedCollection['environments'] {
  return tree.environments
    .filter((environment) => !environment.base)
    .map(({ name, data }) => ({ name: shorten(name, 100), variables: toVariables(data) }));
}

function toVariables(data: Json): ImportedVariable[] {
  return Object.entries(isObject(data) ? data : {})
    .filter(([name]) => name !== '')
    .map(([name, value]) => ({ name: shorten(name, 200), value: withOurTemplates(value, () => undefined) }));
}

interface Folder {
  names: string[];
  auth?: NonNullable<ImportedCollection['auth']>;
}

function readNodes(collection: ImportedCollection, nodes: InsomniaNode[], folder: Folder): void {
  for (const node of nodes) {
    const name = textAt(node.value, 'name')?.trim() || node.where;
    if (node.children !== undefined) {
      const auth = authOf(collection, node) ?? folder.auth;
      const inner: Folder = { names: [...folder.names, name], ...(auth === undefined ? {} : { auth }) };
      const category = shorten(inner.names.join(' / '), 100);
      if (!collection.categories.some((one) => one.name === category)) {
        const description = textAt(node.value, 'description') ?? '';
        collection.categories.push({ name: category, description, ...(auth === undefined ? {} : { auth }) });
      }
      if (Object.keys(at(node.value, 'environment') ?? {}).length > 0) {
        collection.notConverted.push({
          where: node.where,
          what: 'environment of a folder',
          reason: 'variables belong to environments, modules and projects',
        });
      }
      readNodes(collection, node.children, inner);
      continue;
    }
    try {
      collection.entries.push(readRequest(collection, node, { ...folder, name }));
    } catch (error) {
      collection.skipped.push({
        where: node.where,
        name,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }
}

function readRequest(
  collection: ImportedCollection,
  node: InsomniaNode,
  folder: Folder & { name: string },
): ImportedEntry {
  const { value, where } = node;
  const type = textAt(value, '_type') ?? 'request';
  if (type !== 'request') throw new Error(`requests of the kind '${type}' have no counterpart`);
  const url = textAt(value, 'url') ?? '';
  if (url === '') throw new Error('it has no URL');
  const note = (what: string, reason: string): void => {
    collection.notConverted.push({ where, what, reason });
  };
  for (const key of ['preRequestScript', 'afterResponseScript']) {
    const script =
      textAt(value, key) ??
      textAt(at(value, 'scripts'), key === 'preRequestScript' ? 'preRequest' : 'afterResponse');
    if (script !== undefined && script.trim() !== '') note(key, 'scripts of Insomnia are not taken over');
  }
  const headers = toNamed(listAt(value, 'headers'));
  const body = readBody(at(value, 'body'), headers, note);
  const question = url.indexOf('?');
  const inUrl = question < 0 ? [] : splitForm(url.slice(question + 1));
  const request = {
    method: (textAt(value, 'method') ?? 'GET').toUpperCase().slice(0, 20) || 'GET',
    url: question < 0 ? url : url.slice(0, question),
    pathParams: toNamed(listAt(value, 'pathParameters')),
    params: [...inUrl, ...toNamed(listAt(value, 'parameters'))],
    headers,
    body,
    auth: authOf(collection, node) ?? { type: 'inherit' as const },
  };
  return {
    where,
    ...(folder.names.length === 0 ? {} : { category: shorten(folder.names.join(' / '), 100) }),
    name: shorten(folder.name, 200),
    description: textAt(value, 'description') ?? textAt(at(value, 'meta'), 'description') ?? '',
    tags: [],
    request: withOurTemplates(request as unknown as Json, (tag) =>
      note(shorten(tag, 200), 'the template tag has no built-in like it'),
    ) as unknown as ImportedEntry['request'],
    assertions: [],
    extractions: [],
  };
}

function authOf(collection: ImportedCollection, node: InsomniaNode): ImportedCollection['auth'] {
  const found = readInsomniaAuth(at(node.value, 'authentication'));
  if (found === undefined) return undefined;
  if ('auth' in found)
    return withOurTemplates(found.auth, () => undefined) as unknown as ImportedCollection['auth'];
  collection.notConverted.push({ where: node.where, what: 'auth', reason: found.reason });
  return undefined;
}

function toNamed(list: Json[]): NamedValue[] {
  return list.flatMap((one): NamedValue[] => {
    const name = textAt(one, 'name') ?? '';
    if (name === '') return [];
    const disabled = at(one, 'disabled') === true ? { enabled: false } : {};
    return [{ name: shorten(name, 1000), value: asText(at(one, 'value') ?? ''), ...disabled }];
  });
}

function readBody(
  body: Json | undefined,
  headers: NamedValue[],
  note: (what: string, reason: string) => void,
): RequestBody {
  const type = textAt(body, 'mimeType') ?? '';
  const text = textAt(body, 'text') ?? '';
  if (type === 'multipart/form-data') {
    return { type: 'multipart', parts: listAt(body, 'params').flatMap((part) => toPart(part, note)) };
  }
  if (type === 'application/x-www-form-urlencoded') {
    return { type: 'form', fields: text === '' ? toNamed(listAt(body, 'params')) : splitForm(text) };
  }
  if (textAt(body, 'fileName') !== undefined) {
    note('file as body', 'upload the file, and choose it as the body');
    return { type: 'none' };
  }
  if (text === '') return { type: 'none' };
  const value = parsed(text);
  if (type === 'application/graphql' && value !== undefined) {
    const variables = at(value, 'variables');
    return {
      type: 'graphql',
      query: textAt(value, 'query') ?? '',
      ...(isObject(variables) ? { variables } : {}),
    };
  }
  const isJson = /[/+]json\b/.test(
    type || (headers.find(({ name }) => name.toLowerCase() === 'content-type')?.value ?? ''),
  );
  if (isJson && value !== undefined) return { type: 'json', value };
  return { type: 'text', text, ...(type === '' ? {} : { contentType: type }) };
}

function toPart(part: Json, note: (what: string, reason: string) => void): MultipartPart[] {
  const name = textAt(part, 'name') ?? '';
  if (name === '') return [];
  if (textAt(part, 'type') === 'file') {
    note(`file '${name}' of a form`, 'upload the file, choose it for this part, and enable the part');
    return [{ name, value: '', enabled: false }];
  }
  const disabled = at(part, 'disabled') === true ? { enabled: false } : {};
  return [{ name, value: asText(at(part, 'value') ?? ''), ...disabled }];
}
