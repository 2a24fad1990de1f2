import * as fc from 'fast-check';
import { createFlatten, hasRules } from '../schema/flatten-schema.ts';
import { isSchemaObject, SchemaError, type JsonSchema, type SchemaObject } from '../schema/json-schema.ts';
import { alternativeLists, alternativesOf, choicesOf, typesOf } from '../schema/merge-schemas.ts';
import { jsonValues } from './json-values.ts';
import { listValues } from './list-values.ts';
import { numberValues } from './number-values.ts';
import { objectValues, type Inner } from './object-values.ts';
import { textValues } from './text-values.ts';

/** How many references are followed into each other, tried in this order. */
const depths = [5, 10, 20];

/**
 * Values made for a schema. They fit its types, choices, limits, formats, patterns and properties; what else it says
 * (`not`, `if`, that only one of `oneOf` may fit) has to be checked by whoever uses them.
 *
 * @throws SchemaError when no finite value fits, or the schema cannot be read
 */
export function schemaValues(root: JsonSchema): fc.Arbitrary<unknown> {
  const flatten = createFlatten(root);
  const known = new WeakMap<object, Map<number, fc.Arbitrary<unknown> | undefined>>();

  function build(schema: JsonSchema, depth: number): fc.Arbitrary<unknown> | undefined {
    const flat = flatten(schema);
    if (flat === undefined) return undefined;
    const left = flat.referred ? depth - 1 : depth;
    if (left < 0) return undefined;
    const ofSchema = known.get(flat.schema) ?? new Map<number, fc.Arbitrary<unknown> | undefined>();
    known.set(flat.schema, ofSchema);
    if (!ofSchema.has(left))
      ofSchema.set(
        left,
        fromKeywords(flat.schema, (part) => build(part, left)),
      );
    return ofSchema.get(left);
  }

  for (const depth of depths) {
    const values = build(root, depth);
    if (values !== undefined) return values;
  }
  throw new SchemaError('no value fits: its types or limits exclude each other, or it never ends');
}

function fromKeywords(schema: SchemaObject, inner: Inner): fc.Arbitrary<unknown> | undefined {
  const values = mainValues(schema, inner);
  const samples = samplesOf(schema);
  if (values === undefined || samples.length === 0) return values;
  return fc.oneof({ arbitrary: values, weight: 6 }, { arbitrary: fc.constantFrom(...samples), weight: 1 });
}

function samplesOf(schema: SchemaObject): readonly unknown[] {
  const { default: usual, examples } = schema;
  return [
    ...(usual === undefined ? [] : [usual]),
    ...(Array.isArray(examples) ? (examples as unknown[]) : []),
  ];
}

function mainValues(schema: SchemaObject, inner: Inner): fc.Arbitrary<unknown> | undefined {
  if (excludesAll(schema['not'])) return undefined;
  const choices = choicesOf(schema);
  if (choices !== undefined) return choices.length === 0 ? undefined : fc.constantFrom(...choices);
  const [list, ...others] = alternativesOf(schema);
  if (list !== undefined)
    return oneOf(list.map((alternative) => inner(joined(schema, { alternative, others }))));
  const types = typesOf(schema) ?? typesMeant(schema);
  if (types.length === 0) return jsonValues;
  return oneOf(types.map((type) => ofType(type, { schema, inner })));
}

function excludesAll(not: unknown): boolean {
  return not === true || (isSchemaObject(not) && !hasRules(not));
}

/** One alternative, with everything that is said beside it. */
function joined(
  schema: SchemaObject,
  {
    alternative,
    others,
  }: { readonly alternative: JsonSchema; readonly others: readonly (readonly JsonSchema[])[] },
): JsonSchema {
  const { anyOf: _anyOf, oneOf: _oneOf, default: _default, examples: _examples, ...rest } = schema;
  const { [alternativeLists]: _lists, ...single } = rest;
  const beside = others.length === 0 ? single : { ...single, [alternativeLists]: others };
  return hasRules(beside) ? { allOf: [beside, alternative] } : alternative;
}

function oneOf(members: readonly (fc.Arbitrary<unknown> | undefined)[]): fc.Arbitrary<unknown> | undefined {
  const possible = members.filter((member) => member !== undefined);
  return possible.length <= 1 ? possible[0] : fc.oneof(...possible);
}

function ofType(
  type: string,
  { schema, inner }: { readonly schema: SchemaObject; readonly inner: Inner },
): fc.Arbitrary<unknown> | undefined {
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return numberValues(schema, true);
    case 'number':
      return numberValues(schema, false);
    case 'string':
      return textValues(schema);
    case 'array':
      return listValues(schema, inner);
    case 'object':
      return objectValues(schema, inner);
    default:
      throw new SchemaError(
        `'${type}' is no type of JSON Schema; expected null, boolean, integer, number, string, array or object`,
      );
  }
}

const keywordsOfTypes: Readonly<Record<string, readonly string[]>> = {
  object: [
    'properties',
    'required',
    'additionalProperties',
    'patternProperties',
    'minProperties',
    'maxProperties',
  ],
  array: ['items', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems'],
  string: ['minLength', 'maxLength', 'pattern', 'format', 'contentEncoding'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
};

/** Where no type is given: those that its other keywords are about. */
function typesMeant(schema: SchemaObject): readonly string[] {
  return Object.entries(keywordsOfTypes).flatMap(([type, keywords]) =>
    keywords.some((keyword) => Object.hasOwn(schema, keyword)) ? [type] : [],
  );
}
