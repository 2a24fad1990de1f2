import type { ImportedCollection, ImportedEntry } from '../../importers/importer.ts';
import { percentEncode, type JsonObject } from '../../importers/read-node.ts';
import type { Json } from '../../model/json.ts';
import type { NamedValue, RequestBody, RequestSettings } from '../../model/request.ts';
import { toPostmanAuth } from './to-postman-auth.ts';
import { toPostmanScript } from './to-postman-script.ts';

/** A part of the catalog as a Postman collection 2.1: categories are folders, checks are test scripts. */
export function toPostman(collection: ImportedCollection): JsonObject {
  const auth = toPostmanAuth(collection.auth);
  return {
    info: {
      name: collection.name,
      ...(collection.description === '' ? {} : { description: collection.description }),
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    item: toItems(collection),
    ...(auth === undefined ? {} : { auth }),
    ...(collection.variables.length === 0
      ? {}
      : {
          variable: collection.variables.map(({ name, value, enabled }) => ({
            key: name,
            value,
            ...(enabled === false ? { disabled: true } : {}),
          })),
        }),
  };
}

interface Folder {
  item: Json[];
  folders: Map<string, Folder>;
}

function toItems(collection: ImportedCollection): Json[] {
  const root: Folder = { item: [], folders: new Map() };
  const about = new Map(collection.categories.map((category) => [category.name, category]));
  const folderOf = (name: string): Folder => {
    let folder = root;
    const path: string[] = [];
    for (const part of name.split(' / ')) {
      path.push(part);
      const present = folder.folders.get(part);
      if (present !== undefined) {
        folder = present;
        continue;
      }
      const category = about.get(path.join(' / '));
      const auth = toPostmanAuth(category?.auth);
      const made: Folder = { item: [], folders: new Map() };
      folder.item.push({
        name: part,
        ...(category === undefined || category.description === ''
          ? {}
          : { description: category.description }),
        item: made.item,
        ...(auth === undefined ? {} : { auth }),
      });
      folder.folders.set(part, made);
      folder = made;
    }
    return folder;
  };
  for (const { name } of collection.categories) folderOf(name);
  for (const entry of collection.entries) {
    const folder = entry.category === undefined ? root : folderOf(entry.category);
    folder.item.push(toItem(entry));
  }
  return root.item;
}

function toItem(entry: ImportedEntry): Json {
  const { request } = entry;
  const script = toPostmanScript(entry.assertions, entry.extractions);
  const auth = toPostmanAuth(request.auth);
  const body = toBody(request.body);
  const behaviour = toBehaviour(request.settings);
  return {
    name: entry.name,
    ...(script.length === 0
      ? {}
      : { event: [{ listen: 'test', script: { type: 'text/javascript', exec: script } }] }),
    ...(behaviour === undefined ? {} : { protocolProfileBehavior: behaviour }),
    request: {
      method: request.method,
      header: request.headers.map(toPair),
      ...(body === undefined ? {} : { body }),
      url: toUrl(request),
      ...(auth === undefined ? {} : { auth }),
      ...(entry.description === '' ? {} : { description: entry.description }),
    },
    response: [],
  };
}

function toUrl({ url, params, pathParams }: ImportedEntry['request']): JsonObject {
  const absolute = /^(?:[a-z][a-z0-9+.-]*:\/\/|\{\{)/i.test(url)
    ? url
    : `{{baseUrl}}/${url.replace(/^\//, '')}`;
  const base = absolute.replaceAll(/(?<=\/)\{([^{}/]+)\}(?=\/|$)/g, ':$1');
  const query = params
    .filter(({ enabled }) => enabled !== false)
    .map(({ name, value }) => `${encode(name)}=${encode(value)}`);
  const host = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/]+)\/?(.*)$/i.exec(base.split(/[?#]/, 1)[0] ?? '');
  return {
    raw: query.length === 0 ? base : `${base}${base.includes('?') ? '&' : '?'}${query.join('&')}`,
    ...(host?.[1] === undefined ? {} : { protocol: host[1] }),
    host: (host?.[2] ?? '').split('.'),
    ...(host?.[3] === undefined || host[3] === '' ? {} : { path: host[3].split('/') }),
    ...(params.length === 0 ? {} : { query: params.map(toPair) }),
    ...(pathParams.length === 0 ? {} : { variable: pathParams.map(toPair) }),
  };
}

/** Variables stay readable in a URL. */
function encode(text: string): string {
  return text
    .split(/(\{\{[^{}]*\}\})/)
    .map((part) => (part.startsWith('{{') ? part : percentEncode(part)))
    .join('');
}

function toPair({ name, value, enabled, description }: NamedValue): JsonObject {
  return {
    key: name,
    value,
    ...(enabled === false ? { disabled: true } : {}),
    ...(description === undefined ? {} : { description }),
  };
}

function toBody(body: RequestBody): JsonObject | undefined {
  switch (body.type) {
    case 'none':
      return undefined;
    case 'json':
      return {
        mode: 'raw',
        raw: JSON.stringify(body.value, null, 2),
        options: { raw: { language: 'json' } },
      };
    case 'text':
      return {
        mode: 'raw',
        raw: body.text,
        options: { raw: { language: languageOf(body.contentType ?? '') } },
      };
    case 'form':
      return { mode: 'urlencoded', urlencoded: body.fields.map(toPair) };
    case 'multipart':
      return {
        mode: 'formdata',
        formdata: body.parts.map((part) => ({
          key: part.name,
          ...(part.file === undefined && part.fileName === undefined
            ? { type: 'text', value: part.value ?? '' }
            : { type: 'file', src: part.fileName ?? '' }),
          ...(part.contentType === undefined ? {} : { contentType: part.contentType }),
          ...(part.enabled === false ? { disabled: true } : {}),
        })),
      };
    case 'graphql':
      return {
        mode: 'graphql',
        graphql: {
          query: body.query,
          variables: body.variables === undefined ? '' : JSON.stringify(body.variables),
          ...(body.operationName === undefined ? {} : { operationName: body.operationName }),
        },
      };
    case 'binary':
      return { mode: 'file', file: { src: '' } };
    default: {
      const never: never = body;
      return never;
    }
  }
}

function languageOf(contentType: string): string {
  return /json/.test(contentType)
    ? 'json'
    : /xml/.test(contentType)
      ? 'xml'
      : /html/.test(contentType)
        ? 'html'
        : 'text';
}

function toBehaviour(settings: RequestSettings | undefined): JsonObject | undefined {
  const behaviour: JsonObject = {
    ...(settings?.redirects === 0 ? { followRedirects: false } : {}),
    ...(settings?.redirects !== undefined && settings.redirects > 0
      ? { maxRedirects: settings.redirects }
      : {}),
    ...(settings?.tls?.insecure === true ? { strictSSL: false } : {}),
    ...(settings?.cookies === false ? { disableCookies: true } : {}),
  };
  return Object.keys(behaviour).length === 0 ? undefined : behaviour;
}
