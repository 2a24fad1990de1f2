import type { ImportedEntry } from '../../importers/importer.ts';
import { serialiseParameter } from '../../importers/openapi/serialise-parameter.ts';
import { at, textAt, type JsonObject } from '../../importers/read-node.ts';
import type { ParameterSchema } from '../../model/api-schemas.ts';
import type { Json } from '../../model/json.ts';
import type { NamedValue } from '../../model/request.ts';
import { toRequestBody } from './to-request-body.ts';
import type { SecuritySchemes } from './to-security.ts';

export interface OperationParts {
  path: string;
  server: string | undefined;
  security: SecuritySchemes;
}

/** A URL as a path of OpenAPI and, where it is absolute, the server before it. */
export function splitUrl(url: string): { path: string; server?: string } {
  const [plain = ''] = url.split(/[?#]/, 1);
  const found = /^(https?:\/\/[^/]+)(.*)$/i.exec(plain);
  const rest = found === null ? plain.replace(/^\{\{[^{}]*\}\}/, '') : (found[2] ?? '');
  const path = `/${rest.replace(/^\/+/, '')}`
    .replaceAll(/\{\{\s*\$?([^{}|]+?)\s*(?:\|[^{}]*)?\}\}/g, '{$1}')
    .replaceAll(/\/:([\w-]+)/g, '/{$1}');
  const server = found?.[1];
  return server === undefined
    ? { path }
    : { path, server: server.replaceAll(/\{\{\s*([^{}]+?)\s*\}\}/g, '{$1}') };
}

/** One catalog entry in the words of OpenAPI, as far as they go. */
export function toOperation(entry: ImportedEntry, { path, server, security }: OperationParts): JsonObject {
  const { request, schemas } = entry;
  const parameters = toParameters(entry, path);
  const requestBody = toRequestBody(entry);
  const requirement = security.requirement(request.auth);
  const tags = entry.tags.length === 0 && entry.category !== undefined ? [entry.category] : entry.tags;
  return {
    ...(schemas?.operationId === undefined ? {} : { operationId: schemas.operationId }),
    summary: entry.name,
    ...(entry.description === '' ? {} : { description: entry.description }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(schemas?.deprecated === true ? { deprecated: true } : {}),
    ...(server === undefined ? {} : { servers: [{ url: server }] }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(requestBody === undefined ? {} : { requestBody }),
    ...(requirement === undefined ? {} : { security: requirement }),
    ...(schemas?.responses === undefined ? {} : { responses: schemas.responses as unknown as Json }),
  };
}

function toParameters({ request, schemas }: ImportedEntry, path: string): JsonObject[] {
  const known = schemas?.parameters ?? [];
  const lists = { path: request.pathParams, query: request.params, header: request.headers, cookie: [] };
  const out = known.map((parameter) => withExample(parameter, lists[parameter.in]));
  const has = (place: string, name: string): boolean =>
    out.some((one) => one['in'] === place && textAt(one, 'name')?.toLowerCase() === name.toLowerCase());
  const inPath = [...path.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] ?? '');
  for (const name of inPath) {
    if (has('path', name)) continue;
    const value = request.pathParams.find((one) => one.name === name);
    out.push({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
      example: value?.value ?? 'string',
    });
  }
  const hasCookies = known.some((parameter) => parameter.in === 'cookie');
  for (const [place, values] of [
    ['query', request.params],
    ['header', request.headers],
  ] as const) {
    for (const value of values) {
      const lower = value.name.toLowerCase();
      if (has(place, value.name) || spread(known, value.name)) continue;
      if (place === 'header' && (lower === 'content-type' || (lower === 'cookie' && hasCookies))) continue;
      out.push(plainParameter(place, value));
    }
  }
  return out;
}

/** Whether a name is that of a part of a parameter: `filter[name]`, or the field of an object. */
function spread(known: readonly ParameterSchema[], name: string): boolean {
  return known.some(
    (parameter) =>
      parameter.in === 'query' &&
      ((parameter.style === 'deepObject' && name.startsWith(`${parameter.name}[`)) ||
        at(parameter.schema, 'type') === 'object'),
  );
}

function plainParameter(place: 'query' | 'header', value: NamedValue): JsonObject {
  return {
    name: value.name,
    in: place,
    ...(value.enabled === false ? {} : { required: true }),
    ...(value.description === undefined ? {} : { description: value.description }),
    schema: { type: 'string' },
    example: value.value,
  };
}

/** The value that the entry has, as the parameter's example. */
function withExample(parameter: ParameterSchema, values: readonly NamedValue[]): JsonObject {
  const own = parameter as unknown as JsonObject;
  const present = values.filter(({ name }) => name === parameter.name).map(({ value }) => value);
  if (present.length === 0 || parameter.content !== undefined) return own;
  const type = at(parameter.schema, 'type');
  const asList = type === 'array' && (parameter.explode ?? true) && parameter.in === 'query';
  const example: Json = asList
    ? present.map((text) => typed(text, at(parameter.schema, 'items')))
    : typed(present[0] ?? '', parameter.schema);
  const again = serialiseParameter(parameter, example).map(([, text]) => text);
  return { ...own, example: again.join('\n') === present.join('\n') ? example : (present[0] ?? '') };
}

/** A number or truth value where the schema wants one and the text stays the same. */
function typed(text: string, schema: Json | undefined): Json {
  const type = at(schema, 'type');
  if ((type === 'integer' || type === 'number') && String(Number(text)) === text) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
