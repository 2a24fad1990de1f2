import type { Json } from '../model/json.ts';
import { at, isObject, listAt, objectAt, textAt, type JsonObject } from './read-node.ts';
import { sampleFromPattern } from './sample-from-pattern.ts';
import { sampleNumber } from './sample-number.ts';

/** Levels down to which properties appear that are not required. */
const optionalDepth = 4;
const maxDepth = 24;
/** Values of one sample at most: schemas that refer to each other multiply. */
const maxValues = 2000;

export interface SampleOptions {
  /** The schema behind a `$ref`, or undefined. */
  resolve(ref: string): Json | undefined;
  /** A request leaves out what only answers have (`readOnly`), an answer what only requests have (`writeOnly`). */
  of: 'request' | 'answer';
}

interface Walk extends SampleOptions {
  values: number;
  /** `$ref`s between here and the root: following one again would never end. */
  open: Set<string>;
  depth: number;
}

/**
 * A value that fits a JSON Schema: its example, default, constant or first enumerated value where it has one, else
 * made from its type and limits. Always the same for the same schema. Undefined where nothing fits.
 */
export function sampleFromSchema(schema: Json | undefined, options: SampleOptions): Json | undefined {
  return sample(schema, { ...options, values: 0, open: new Set(), depth: 0 });
}

function sample(schema: Json | undefined, walk: Walk): Json | undefined {
  if (schema === undefined || schema === true) return {};
  if (!isObject(schema) || walk.depth > maxDepth || ++walk.values > maxValues) return undefined;
  const given = givenValue(schema);
  if (given !== undefined) return given;
  const ref = at(schema, '$ref');
  if (typeof ref === 'string') return followed(ref, walk);
  walk.depth++;
  try {
    return made(schema, walk);
  } finally {
    walk.depth--;
  }
}

function givenValue(schema: JsonObject): Json | undefined {
  const examples = at(schema, 'examples');
  if (Array.isArray(examples) && examples.length > 0) return examples[0];
  for (const key of ['example', 'default', 'const']) {
    const value = at(schema, key);
    if (value !== undefined) return value;
  }
  const listed = listAt(schema, 'enum');
  return listed.find((value) => value !== null) ?? listed[0];
}

function followed(ref: string, walk: Walk): Json | undefined {
  if (walk.open.has(ref)) return undefined;
  walk.open.add(ref);
  try {
    return sample(walk.resolve(ref), walk);
  } finally {
    walk.open.delete(ref);
  }
}

function made(schema: JsonObject, walk: Walk): Json | undefined {
  const all = listAt(schema, 'allOf');
  if (all.length > 0) return merged(schema, all, walk);
  const choices = [...listAt(schema, 'oneOf'), ...listAt(schema, 'anyOf')];
  const choice = choices.find((option) => at(option, 'type') !== 'null');
  if (choice !== undefined) {
    const rest = Object.fromEntries(
      Object.entries(schema).filter(([key]) => key !== 'oneOf' && key !== 'anyOf'),
    );
    const chosen = sample(choice, walk);
    // Properties beside a choice belong to every option.
    return at(schema, 'properties') !== undefined && (isObject(chosen) || chosen === undefined)
      ? { ...asObject(made(rest, walk)), ...asObject(chosen) }
      : chosen;
  }
  switch (typeOf(schema)) {
    case 'object':
      return objectSample(schema, walk);
    case 'array':
      return arraySample(schema, walk);
    case 'string':
      return stringSample(schema);
    case 'integer':
      return sampleNumber(schema, true);
    case 'number':
      return sampleNumber(schema, false);
    case 'boolean':
      return true;
    default:
      return null;
  }
}

function typeOf(schema: JsonObject): string {
  const type = at(schema, 'type');
  if (typeof type === 'string') return type;
  if (Array.isArray(type)) {
    const first = type.find((one) => one !== 'null');
    return typeof first === 'string' ? first : 'null';
  }
  if ('items' in schema || 'prefixItems' in schema || 'minItems' in schema) return 'array';
  if ('minLength' in schema || 'maxLength' in schema || 'pattern' in schema || 'format' in schema)
    return 'string';
  if ('minimum' in schema || 'maximum' in schema || 'multipleOf' in schema) return 'number';
  return 'object';
}

/** All parts that are objects laid over each other; of others, the first that gives anything. */
function merged(schema: JsonObject, all: Json[], walk: Walk): Json | undefined {
  const rest = Object.fromEntries(Object.entries(schema).filter(([key]) => key !== 'allOf'));
  const parts = all.map((part) => sample(part, walk));
  const own = at(rest, 'properties') === undefined ? undefined : made(rest, walk);
  const objects = [...parts, own].filter((part): part is JsonObject => isObject(part));
  const other = parts.find((part) => part !== undefined && !isObject(part));
  if (other !== undefined && objects.every((part) => Object.keys(part).length === 0)) return other;
  return objects.length === 0 ? undefined : Object.assign({}, ...objects);
}

function objectSample(schema: JsonObject, walk: Walk): JsonObject {
  const required = new Set(listAt(schema, 'required'));
  const hidden = walk.of === 'request' ? 'readOnly' : 'writeOnly';
  const out: [string, Json][] = [];
  for (const [key, property] of Object.entries(objectAt(schema, 'properties'))) {
    if (at(property, hidden) === true || at(property, 'deprecated') === true) continue;
    if (walk.depth > optionalDepth && !required.has(key)) continue;
    const value = sample(property, walk);
    if (value !== undefined) out.push([key, value]);
    else if (required.has(key) && walk.depth < maxDepth) out.push([key, null]);
  }
  const least = at(schema, 'minProperties');
  const additional = at(schema, 'additionalProperties');
  if (
    isObject(additional) &&
    out.length === 0 &&
    (walk.depth <= optionalDepth || typeof least === 'number')
  ) {
    const value = sample(additional, walk);
    if (value !== undefined) out.push(['key', value]);
  }
  return Object.fromEntries(out);
}

function arraySample(schema: JsonObject, walk: Walk): Json[] {
  const least = Math.min(Number(at(schema, 'minItems') ?? 0) || 0, 20);
  const most = at(schema, 'maxItems');
  const first = listAt(schema, 'prefixItems')
    .map((item) => sample(item, walk))
    .filter((value) => value !== undefined);
  const items = at(schema, 'items');
  if (items === undefined || items === false || most === 0) return first;
  const wanted = Math.max(least - first.length, first.length === 0 ? 1 : 0);
  const item = wanted > 0 ? sample(items, walk) : undefined;
  return item === undefined ? first : [...first, ...Array.from({ length: wanted }, () => item)];
}

const byFormat: Record<string, string> = {
  date: '2030-01-31',
  'date-time': '2030-01-31T12:30:00Z',
  time: '12:30:00Z',
  duration: 'P1D',
  email: 'user@example.com',
  'idn-email': 'user@example.com',
  hostname: 'example.com',
  'idn-hostname': 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  iri: 'https://example.com/',
  'uri-reference': '/path',
  uuid: '3d813cbb-47fb-42ba-91df-831e1593ac29',
  byte: 'dGV4dA==',
  password: 'password',
  'json-pointer': '/a',
  regex: '^a$',
};

function stringSample(schema: JsonObject): string {
  const pattern = textAt(schema, 'pattern');
  const fromPattern = pattern === undefined ? undefined : sampleFromPattern(pattern);
  const format = textAt(schema, 'format') ?? '';
  const least = Math.min(Number(at(schema, 'minLength') ?? 0) || 0, 10_000);
  const most = Number(at(schema, 'maxLength') ?? Infinity);
  const text = fromPattern ?? (Object.hasOwn(byFormat, format) ? byFormat[format] : undefined) ?? 'string';
  if (text.length < least) return fromPattern === undefined ? text.padEnd(least, 'x') : text;
  return text.length > most && fromPattern === undefined && format === ''
    ? text.slice(0, Math.max(0, most))
    : text;
}

function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
