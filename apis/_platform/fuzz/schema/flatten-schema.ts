import { mergeSchemas } from './merge-schemas.ts';
import { SchemaError, schemaList, type JsonSchema, type SchemaObject } from './json-schema.ts';
import { resolveReference } from './resolve-reference.ts';

/** A schema without `$ref` and `allOf`: one set of keywords that says what all of them did. */
export interface FlatSchema {
  readonly schema: SchemaObject;
  /** Whether a reference was followed: how recursion shows. */
  readonly referred: boolean;
}

export type Flatten = (schema: JsonSchema) => FlatSchema | undefined;

/**
 * Flattens schemas of one document; undefined for those that nothing fits. The same schema gives the same object,
 * so that what is made of it can be kept.
 */
export function createFlatten(root: JsonSchema): Flatten {
  const known = new WeakMap<object, FlatSchema | { readonly schema: undefined }>();
  const open = new Set<object>();

  function flatten(schema: JsonSchema): FlatSchema | undefined {
    if (typeof schema === 'boolean') return schema ? anything : undefined;
    const before = known.get(schema);
    if (before !== undefined) return before.schema === undefined ? undefined : before;
    if (open.has(schema))
      throw new SchemaError("'$ref' and 'allOf' lead in a circle without a value between");
    open.add(schema);
    const flat = join(schema);
    open.delete(schema);
    known.set(schema, flat ?? { schema: undefined });
    return flat;
  }

  function join({ $ref, allOf, $defs: _definitions, ...own }: SchemaObject): FlatSchema | undefined {
    const referred = typeof $ref === 'string' ? [resolveReference($ref, root)] : [];
    let schema: SchemaObject | undefined;
    let through = referred.length > 0;
    for (const part of [...referred, ...schemaList(allOf)]) {
      const flat = flatten(part);
      if (flat === undefined) return undefined;
      through ||= flat.referred;
      const both = schema === undefined ? flat.schema : mergeSchemas(schema, flat.schema);
      if (both === false) return undefined;
      schema = both;
    }
    if (schema === undefined) return { schema: own, referred: through };
    const all = hasRules(own) ? mergeSchemas(schema, own) : schema;
    return all === false ? undefined : { schema: all, referred: through };
  }

  return flatten;
}

const anything: FlatSchema = { schema: {}, referred: false };

/** Words for people alone, which need no merging. */
const annotations = new Set([
  'title',
  'description',
  'deprecated',
  '$comment',
  '$schema',
  'readOnly',
  'writeOnly',
]);

export function hasRules(schema: SchemaObject): boolean {
  return Object.keys(schema).some((keyword) => !annotations.has(keyword));
}
