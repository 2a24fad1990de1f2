import * as fc from 'fast-check';
import {
  isSchema,
  numberOf,
  schemaTable,
  textList,
  type JsonSchema,
  type SchemaObject,
} from '../schema/json-schema.ts';
import { propertyNames } from './json-values.ts';
import { keepFitting } from './keep-fitting.ts';
import { patternTexts } from './pattern-texts.ts';

/** Values of a part; undefined where none fits, or none that ends soon enough. */
export type Inner = (schema: JsonSchema) => fc.Arbitrary<unknown> | undefined;

/** Objects with all required properties, some of the optional ones, and some that only patterns or `additionalProperties` name. */
export function objectValues(schema: SchemaObject, inner: Inner): fc.Arbitrary<unknown> | undefined {
  const listed = schemaTable(schema['properties']);
  const required = textList(schema['required']);
  const model: Record<string, fc.Arbitrary<unknown>> = {};
  for (const name of new Set([...required, ...listed.keys()])) {
    const values = inner(listed.get(name) ?? schemaOfOther(schema, name));
    if (values !== undefined) model[name] = values;
    else if (required.includes(name)) return undefined;
  }
  const named = fc.record(model, { requiredKeys: [...required], noNullPrototype: true });
  const more = moreProperties(schema, inner);
  const all =
    more === undefined ? named : fc.tuple(named, more).map(([own, others]) => ({ ...others, ...own }));
  const [least, most] = [
    numberOf(schema['minProperties']) ?? 0,
    numberOf(schema['maxProperties']) ?? Infinity,
  ];
  if (least === 0 && most === Infinity) return all;
  return keepFitting(all, {
    fits: (value) => Object.keys(value).length >= least && Object.keys(value).length <= most,
    wanted: `an object of ${least} to ${most} properties`,
  });
}

function otherProperties(schema: SchemaObject): JsonSchema {
  const others = schema['additionalProperties'] ?? schema['unevaluatedProperties'];
  return isSchema(others) ? others : true;
}

function schemaOfOther(schema: SchemaObject, name: string): JsonSchema {
  for (const [pattern, value] of schemaTable(schema['patternProperties']))
    if (new RegExp(pattern, 'u').test(name)) return value;
  return otherProperties(schema);
}

function moreProperties(
  schema: SchemaObject,
  inner: Inner,
): fc.Arbitrary<Record<string, unknown>> | undefined {
  const listed = schemaTable(schema['properties']);
  const most = Math.max(numberOf(schema['minProperties']) ?? 0, 3);
  const kinds = [...schemaTable(schema['patternProperties'])].flatMap(([pattern, one]) => {
    const values = inner(one);
    return values === undefined
      ? []
      : [fc.dictionary(patternTexts(pattern), values, { maxKeys: 2, noNullPrototype: true })];
  });
  const others = inner(otherProperties(schema));
  // Where nothing is said of others, none are sent beside those that are listed: most services have no use for them.
  const open = isSchema(schema['additionalProperties']) || listed.size === 0;
  if (others !== undefined && open)
    kinds.push(fc.dictionary(propertyNames, others, { maxKeys: most, noNullPrototype: true }));
  if (kinds.length === 0) return undefined;
  return fc.tuple(...kinds).map((tables) => {
    const [byPattern, byOther] =
      open && others !== undefined ? [tables.slice(0, -1), tables.at(-1)] : [tables, undefined];
    const patterns = [...schemaTable(schema['patternProperties']).keys()].map(
      (pattern) => new RegExp(pattern, 'u'),
    );
    const entries = Object.entries(byOther ?? {}).filter(
      ([name]) => !patterns.some((pattern) => pattern.test(name)),
    );
    const all = Object.fromEntries([...entries, ...byPattern.flatMap((table) => Object.entries(table))]);
    return Object.fromEntries(
      Object.entries(all).filter(([name]) => !listed.has(name) && name !== '__proto__'),
    );
  });
}
