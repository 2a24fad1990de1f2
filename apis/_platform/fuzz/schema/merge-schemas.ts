import {
  numberOf,
  schemaList,
  schemaTable,
  textList,
  type JsonSchema,
  type SchemaObject,
} from './json-schema.ts';

/**
 * One schema for values that fit both, without `$ref` and `allOf` at its own level; false when their types or
 * choices exclude each other. Rules that cannot be joined (a second `multipleOf`, `not`, `if`) are kept from one
 * of the two: whoever generates from it checks the result against the original.
 */
export function mergeSchemas(a: SchemaObject, b: SchemaObject): SchemaObject | false {
  const merged: Record<string, unknown> = { ...b, ...a };
  const types = commonTypes(typesOf(a), typesOf(b));
  if (types?.length === 0) return false;
  if (types !== undefined) merged['type'] = types;
  const values = commonValues(choicesOf(a), choicesOf(b));
  if (values?.length === 0) return false;
  delete merged['const'];
  if (values !== undefined) merged['enum'] = values;
  for (const keyword of lowerLimits) setLimit(merged, keyword, limitOf(Math.max, a[keyword], b[keyword]));
  for (const keyword of upperLimits) setLimit(merged, keyword, limitOf(Math.min, a[keyword], b[keyword]));
  const alternatives = [...alternativesOf(a), ...alternativesOf(b)];
  delete merged['anyOf'];
  delete merged['oneOf'];
  if (alternatives.length > 0) merged[alternativeLists] = alternatives;
  const required = [...new Set([...textList(a['required']), ...textList(b['required'])])];
  if (required.length > 0) merged['required'] = required;
  if (a['uniqueItems'] === true || b['uniqueItems'] === true) merged['uniqueItems'] = true;
  return { ...merged, ...mergedProperties(a, b), ...mergedItems(a, b) };
}

/** Several `anyOf` or `oneOf` of which each must be met, under one name of our own. */
export const alternativeLists = 'x-alternatives';

/** The lists of alternatives of a schema; a value must fit one of each list. */
export function alternativesOf(schema: SchemaObject): readonly (readonly JsonSchema[])[] {
  const own = [schema['anyOf'], schema['oneOf']].filter(Array.isArray).map(schemaList);
  return [...own, ...((schema[alternativeLists] as readonly (readonly JsonSchema[])[] | undefined) ?? [])];
}

/** Undefined: any type. */
export function typesOf(schema: SchemaObject): readonly string[] | undefined {
  const { type } = schema;
  return typeof type === 'string' ? [type] : Array.isArray(type) ? textList(type) : undefined;
}

/** The values that `enum` and `const` leave; undefined where there is neither. */
export function choicesOf(schema: SchemaObject): readonly unknown[] | undefined {
  const listed = Array.isArray(schema['enum']) ? (schema['enum'] as readonly unknown[]) : undefined;
  return Object.hasOwn(schema, 'const') ? commonValues([schema['const']], listed) : listed;
}

const lowerLimits = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const upperLimits = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];

function limitOf(nearer: (...limits: number[]) => number, a: unknown, b: unknown): number | undefined {
  const limits = [numberOf(a), numberOf(b)].filter((limit) => limit !== undefined);
  return limits.length === 0 ? undefined : nearer(...limits);
}

function setLimit(schema: Record<string, unknown>, keyword: string, limit: number | undefined): void {
  if (limit !== undefined) schema[keyword] = limit;
}

function commonTypes(
  a: readonly string[] | undefined,
  b: readonly string[] | undefined,
): readonly string[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const narrower = (one: readonly string[], other: readonly string[]): string[] =>
    one.filter((type) => other.includes(type) || (type === 'integer' && other.includes('number')));
  return [...new Set([...narrower(a, b), ...narrower(b, a)])];
}

function commonValues(
  a: readonly unknown[] | undefined,
  b: readonly unknown[] | undefined,
): readonly unknown[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const texts = new Set(b.map((value) => JSON.stringify(value)));
  return a.filter((value) => texts.has(JSON.stringify(value)));
}

/** Each property as both see it: by name, by pattern, or as one of the others. */
function mergedProperties(a: SchemaObject, b: SchemaObject): SchemaObject {
  const names = new Set([...schemaTable(a['properties']).keys(), ...schemaTable(b['properties']).keys()]);
  const patterns = new Map([...schemaTable(a['patternProperties']), ...schemaTable(b['patternProperties'])]);
  const others = both(otherProperties(a), otherProperties(b));
  return {
    ...(names.size === 0
      ? {}
      : {
          properties: Object.fromEntries(
            [...names].map((name) => [name, both(propertyOf(a, name), propertyOf(b, name))]),
          ),
        }),
    ...(patterns.size === 0 ? {} : { patternProperties: Object.fromEntries(patterns) }),
    ...(others === undefined ? {} : { additionalProperties: others }),
  };
}

function otherProperties(schema: SchemaObject): JsonSchema | undefined {
  return schema['additionalProperties'] as JsonSchema | undefined;
}

function propertyOf(schema: SchemaObject, name: string): JsonSchema | undefined {
  const named = schemaTable(schema['properties']).get(name);
  if (named !== undefined) return named;
  for (const [pattern, value] of schemaTable(schema['patternProperties']))
    if (new RegExp(pattern, 'u').test(name)) return value;
  return otherProperties(schema);
}

function mergedItems(a: SchemaObject, b: SchemaObject): SchemaObject {
  const [firstOfA, firstOfB] = [schemaList(a['prefixItems']), schemaList(b['prefixItems'])];
  const [restOfA, restOfB] = [a['items'] as JsonSchema | undefined, b['items'] as JsonSchema | undefined];
  const length = Math.max(firstOfA.length, firstOfB.length);
  const rest = both(restOfA, restOfB);
  return {
    ...(length === 0
      ? {}
      : {
          prefixItems: Array.from(
            { length },
            (_none, at) => both(firstOfA[at] ?? restOfA, firstOfB[at] ?? restOfB) ?? true,
          ),
        }),
    ...(rest === undefined ? {} : { items: rest }),
  };
}

function both(a: JsonSchema | undefined, b: JsonSchema | undefined): JsonSchema | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (a === false || b === false) return false;
  return a === b ? a : { allOf: [a, b] };
}
