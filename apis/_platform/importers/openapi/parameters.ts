import type { MediaSchema, ParameterSchema } from '../../model/api-schemas.ts';
import type { Json } from '../../model/json.ts';
import type { NamedValue } from '../../model/request.ts';
import { literal, literals } from '../literal.ts';
import { at, isObject, shorten, textAt, toText } from '../read-node.ts';
import { sampleFromSchema } from '../sample-from-schema.ts';
import { childOf, childrenOf, type Located } from './documents.ts';
import { exampleOf, followed, note, type Reading } from './reading.ts';
import { serialiseParameter } from './serialise-parameter.ts';

/** What the parameters of an operation become. */
export interface ReadParameters {
  pathParams: NamedValue[];
  params: NamedValue[];
  headers: NamedValue[];
  schemas: ParameterSchema[];
  /** Swagger 2.0 has the body among the parameters. */
  ofBody: Located[];
}

const places = ['path', 'query', 'header', 'cookie'] as const;

/** Own parameters of an operation stand for those of its path with the same name and place. */
export function readParameters(
  reading: Reading,
  path: string,
  lists: Located<Json | undefined>[],
): ReadParameters {
  const byName = new Map<string, Located>();
  for (const list of lists) {
    for (const [, node] of followed(reading, list)) {
      const name = textAt(node.value, 'name');
      const place = textAt(node.value, 'in');
      if (name === undefined || name === '' || place === undefined) {
        note(reading, node, 'parameter', "it lacks 'name' or 'in'");
        continue;
      }
      byName.set(`${place} ${place === 'header' ? name.toLowerCase() : name}`, node);
    }
  }
  const read: ReadParameters = { pathParams: [], params: [], headers: [], schemas: [], ofBody: [] };
  const cookies: Cookies = { required: [], optional: [] };
  for (const node of byName.values()) addParameter(reading, { read, cookies, path }, node);
  for (const [, name] of path.matchAll(/\{([^{}]+)\}/g)) {
    if (name === undefined || read.pathParams.some((param) => param.name === name)) continue;
    read.pathParams.push({ name, value: 'string' });
    read.schemas.push({ name, in: 'path', required: true, schema: { type: 'string' } });
  }
  const { required, optional } = cookies;
  if (required.length > 0) read.headers.push({ name: 'Cookie', value: required.join('; ') });
  if (optional.length > 0) read.headers.push({ name: 'Cookie', value: optional.join('; '), enabled: false });
  return read;
}

/** Parameters in cookies as `name=value`. */
interface Cookies {
  required: string[];
  optional: string[];
}

function addParameter(
  reading: Reading,
  into: { read: ReadParameters; cookies: Cookies; path: string },
  node: Located,
): void {
  const { read, cookies } = into;
  const given = textAt(node.value, 'in');
  if (given === 'body' || given === 'formData') {
    read.ofBody.push(node);
    return;
  }
  const place = places.find((one) => one === given);
  const name = textAt(node.value, 'name') ?? '';
  if (place === undefined) {
    note(reading, node, `parameter '${name}'`, `'in' is '${given}'; expected path, query, header or cookie`);
    return;
  }
  const schema = toParameterSchema(reading, node, { name, in: place });
  if (place === 'path' && !into.path.includes(`{${name}}`)) {
    note(reading, node, `parameter '${name}'`, `the path '${into.path}' has no {${name}}`);
    return;
  }
  // The media type of the body says it.
  if (place === 'header' && name.toLowerCase() === 'content-type') {
    note(reading, node, `parameter '${name}'`, 'the media type of the body says it');
    return;
  }
  notePassedOver(reading, node);
  read.schemas.push(schema);
  const values = valuesOf(reading, node, schema);
  const description = shorten(schema.description ?? '', 2000);
  const named = values.map(([key, value]): NamedValue => ({
    name: shorten(key, 1000),
    value,
    ...(place === 'path' || schema.required === true ? {} : { enabled: false }),
    ...(description === '' ? {} : { description }),
  }));
  if (place === 'path') read.pathParams.push(...named);
  else if (place === 'query') read.params.push(...named);
  else if (place === 'header') read.headers.push(...named);
  else
    cookies[schema.required === true ? 'required' : 'optional'].push(...values.map((pair) => pair.join('=')));
}

/** What of a parameter is not in its value. */
function notePassedOver(reading: Reading, node: Located): void {
  const types = childrenOf(childOf(node, 'content')).map(([type]) => type);
  const [taken, ...others] = types;
  if (others.length > 0) {
    const what = `value of type ${shorten(others.join(', '), 200)}`;
    note(reading, node, what, `the parameter has a value of type ${taken}; the schemas of all are kept`);
  }
  if (taken !== undefined && at(node.value, 'schema') !== undefined)
    note(reading, node, 'schema of a parameter', "'content' beside it is taken");
  if (at(node.value, 'allowReserved') === true)
    note(reading, node, 'allowReserved', 'values in the query are always percent-encoded');
}

function valuesOf(reading: Reading, node: Located, schema: ParameterSchema): [string, string][] {
  const media = Object.values(schema.content ?? {})[0];
  const sampled = (of: Json | undefined): Json =>
    sampleFromSchema(of ?? { type: 'string' }, { resolve: reading.store.resolve, of: 'request' }) ?? '';
  if (media !== undefined) {
    const value = media.example ?? exampleOf(reading, node) ?? sampled(media.schema);
    return [[schema.name, literal(typeof value === 'string' ? value : JSON.stringify(value))]];
  }
  return serialiseParameter(schema, literals(exampleOf(reading, node) ?? sampled(schema.schema)));
}

function toParameterSchema(
  reading: Reading,
  node: Located,
  base: Pick<ParameterSchema, 'name' | 'in'>,
): ParameterSchema {
  const { value } = node;
  const description = textAt(value, 'description');
  const content = childOf(node, 'content');
  const style = reading.version === '2.0' ? oldStyle(value) : newStyle(value);
  return {
    ...base,
    ...(base.in === 'path' || at(value, 'required') === true ? { required: true } : {}),
    ...(description === undefined || description === '' ? {} : { description }),
    ...(at(value, 'deprecated') === true ? { deprecated: true } : {}),
    ...style,
    ...(isObject(content.value) && Object.keys(content.value).length > 0
      ? { content: readContent(reading, content) }
      : { schema: parameterSchema(reading, node) }),
  };
}

/** Media types with their schemas and examples. */
export function readContent(
  reading: Reading,
  content: Located<Json | undefined>,
): { [type: string]: MediaSchema } {
  return Object.fromEntries(
    followed(reading, content).map(([type, node]) => {
      const schema = childOf(node, 'schema');
      const example = exampleOf(reading, node);
      const encoding = at(node.value, 'encoding');
      return [
        type,
        {
          ...(schema.value === undefined ? {} : { schema: reading.store.convert(schema as Located) }),
          ...(example === undefined ? {} : { example }),
          ...(isObject(encoding) ? { encoding } : {}),
        },
      ];
    }),
  );
}

function parameterSchema(reading: Reading, node: Located): Json {
  const schema = childOf(node, 'schema');
  if (schema.value !== undefined) return reading.store.convert(schema as Located);
  if (reading.version !== '2.0') return { type: 'string' };
  return reading.store.convert({ ...node, value: oldSchema(node.value) });
}

const notOfSchema = new Set([
  'name',
  'in',
  'description',
  'required',
  'collectionFormat',
  'allowEmptyValue',
  'x-example',
]);

/** Swagger 2.0 has the keywords of the schema in the parameter itself. */
export function oldSchema(parameter: Json): Json {
  if (!isObject(parameter)) return {};
  return Object.fromEntries(Object.entries(parameter).filter(([key]) => !notOfSchema.has(key)));
}

function newStyle(value: Json): Partial<ParameterSchema> {
  const style = textAt(value, 'style');
  const explode = at(value, 'explode');
  return {
    ...(style === undefined ? {} : { style }),
    ...(typeof explode === 'boolean' ? { explode } : {}),
  };
}

function oldStyle(value: Json): Partial<ParameterSchema> {
  if (at(value, 'type') !== 'array') return {};
  switch (toText(at(value, 'collectionFormat')) ?? 'csv') {
    case 'multi':
      return { style: 'form', explode: true };
    case 'ssv':
      return { style: 'spaceDelimited', explode: false };
    case 'pipes':
      return { style: 'pipeDelimited', explode: false };
    default:
      return at(value, 'in') === 'query' ? { style: 'form', explode: false } : {};
  }
}
