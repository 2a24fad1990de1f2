import type {
  Definition,
  ObjectShape,
  Property,
  Shape,
  TupleElement,
  UnionShape,
} from '../contract/signature.ts';
import { findTagged, flatMembers, resolveShape, type Definitions } from './discriminator.ts';
import type { JsonSchema, SchemaSide } from './json-schema.ts';
import { leafJsonSchema } from './leaf-json-schema.ts';

export type { JsonSchema, SchemaSide } from './json-schema.ts';

export interface SchemaWriterOptions {
  /** What references to definitions begin with. Default: `#/$defs/`. */
  readonly refPrefix?: string;
  /** A definition's name behind the prefix. Default: its own name. */
  readonly nameOf?: (name: string) => string;
  /** Default: `input`. */
  readonly side?: SchemaSide;
  /**
   * Adds OpenAPI's `discriminator` to unions whose members are all references. Default: false, because
   * JSON Schema does not know it.
   */
  readonly discriminators?: boolean;
}

export interface SchemaWriter {
  shape(shape: Shape): JsonSchema;
  /** Its schema as a component: with its name as title, and its description. */
  definition(name: string): JsonSchema;
  /** An object with these properties and no others. */
  object(properties: readonly Property[]): JsonSchema;
}

/**
 * Writes JSON Schema for shapes that refer to `definitions`. What the schema takes, the validator takes,
 * with these exceptions, which JSON Schema has no words for: limits of bigints that come as text, keys of
 * maps that repeat, elements of sets that differ as text and yet are equal dates or the like, the finer
 * rules of URLs, and files, which are no JSON at all.
 *
 * @throws Error when a shape refers to what `definitions` does not have
 */
export function createSchemaWriter(
  definitions: Definitions,
  options: SchemaWriterOptions = {},
): SchemaWriter {
  return new Writer(definitions, options);
}

class Writer implements SchemaWriter {
  readonly #definitions: Definitions;
  readonly #options: SchemaWriterOptions;
  readonly #side: SchemaSide;

  constructor(definitions: Definitions, options: SchemaWriterOptions) {
    this.#definitions = definitions;
    this.#options = options;
    this.#side = options.side ?? 'input';
  }

  shape(shape: Shape): JsonSchema {
    switch (shape.kind) {
      case 'array': {
        const { element, kind: _kind, ...limits } = shape;
        return { type: 'array', items: this.shape(element), ...limits };
      }
      case 'set':
        return {
          type: 'array',
          items: this.shape(shape.element),
          ...(this.#side === 'input' ? { uniqueItems: true } : {}),
        };
      case 'map':
        return { type: 'array', items: this.#tuple([required(shape.key), required(shape.value)]) };
      case 'tuple':
        return this.#tuple(shape.elements);
      case 'object':
        return this.#object(shape);
      case 'union':
        return this.#union(shape);
      case 'ref':
        return { $ref: this.#reference(shape.name) };
      default:
        return leafJsonSchema(shape, this.#side);
    }
  }

  definition(name: string): JsonSchema {
    const { shape, description } = this.#definitionOf(name);
    return { title: name, ...(description === undefined ? {} : { description }), ...this.shape(shape) };
  }

  object(properties: readonly Property[]): JsonSchema {
    return this.#object({ kind: 'object', properties });
  }

  #definitionOf(name: string): Definition {
    resolveShape({ kind: 'ref', name }, this.#definitions);
    return this.#definitions[name] as Definition;
  }

  #reference(name: string): string {
    this.#definitionOf(name);
    const own = this.#options.nameOf?.(name) ?? name;
    // As a JSON Pointer in a URI's fragment.
    const pointer = encodeURIComponent(own.replaceAll('~', '~0').replaceAll('/', '~1'));
    return `${this.#options.refPrefix ?? '#/$defs/'}${pointer}`;
  }

  #object({ properties, index = [] }: ObjectShape): JsonSchema {
    const names = properties.filter(({ optional }) => !optional).map(({ name }) => name);
    const patterned = index.flatMap(({ pattern, value }) =>
      pattern === undefined ? [] : [[this.#keyPattern(pattern, properties), this.shape(value)] as const],
    );
    const others = index.flatMap(({ pattern, value }) => (pattern === undefined ? [this.shape(value)] : []));
    const [other, second] = others;
    const strict = this.#side === 'input' ? { additionalProperties: false } : {};
    return {
      type: 'object',
      ...(properties.length === 0 && index.length > 0
        ? {}
        : {
            properties: Object.fromEntries(
              properties.map((property) => [property.name, this.#property(property)]),
            ),
          }),
      ...(names.length === 0 ? {} : { required: names }),
      ...(patterned.length === 0 ? {} : { patternProperties: mergedPatterns(patterned) }),
      ...(other === undefined
        ? strict
        : { additionalProperties: second === undefined ? other : { allOf: others } }),
    };
  }

  /** JSON Schema holds a named property against patterns too; for us its own type is all that counts. */
  #keyPattern(pattern: string, properties: readonly Property[]): string {
    const matcher = new RegExp(pattern, 'u');
    const named = properties.map(({ name }) => name).filter((name) => matcher.test(name));
    return named.length === 0 ? pattern : `^(?!(?:${named.map(escaped).join('|')})$)(?:${pattern})`;
  }

  #property({ shape, description, defaultValue, examples, deprecated }: Property): JsonSchema {
    return {
      ...this.shape(shape),
      ...(description === undefined ? {} : { description }),
      ...(defaultValue === undefined ? {} : { default: defaultValue }),
      ...(examples === undefined || examples.length === 0 ? {} : { examples }),
      ...(deprecated === undefined ? {} : { deprecated }),
    };
  }

  #tuple(elements: readonly TupleElement[]): JsonSchema {
    const fixed = elements.filter(({ rest }) => !rest);
    const rest = elements.find((element) => element.rest);
    const least = fixed.findLastIndex(({ optional }) => !optional) + 1;
    const more = rest === undefined ? false : this.#element(rest);
    if (fixed.length === 0) return { type: 'array', ...(more === false ? { maxItems: 0 } : { items: more }) };
    return {
      type: 'array',
      prefixItems: fixed.map((element) => this.#element(element)),
      ...(least === 0 ? {} : { minItems: least }),
      items: more,
    };
  }

  #element({ shape, name }: TupleElement): JsonSchema {
    return { ...(name === undefined ? {} : { title: name }), ...this.shape(shape) };
  }

  #union({ members, discriminator }: UnionShape): JsonSchema {
    const literals = members.flatMap((member) => (member.kind === 'literal' ? [member.value] : []));
    const others = members.filter((member) => member.kind !== 'literal');
    const tagged = findTagged(flatMembers(members, this.#definitions), this.#definitions, discriminator);
    const branches = [
      ...others.map((member) => this.shape(member)),
      ...(literals.length === 0 ? [] : [leafJsonSchema({ kind: 'literals', values: literals }, this.#side)]),
    ];
    const [only] = branches;
    if (only !== undefined && branches.length === 1) return only;
    if (tagged === undefined) return { anyOf: branches };
    const referred =
      tagged.members.every(({ shape }) => shape.kind === 'ref') && others.length === tagged.members.length;
    if (this.#options.discriminators !== true || !referred) return { oneOf: branches };
    const mapping = tagged.members.flatMap(({ shape, values }) =>
      values.map((value) => [String(value), shape.kind === 'ref' ? this.#reference(shape.name) : '']),
    );
    return {
      oneOf: branches,
      discriminator: { propertyName: tagged.property, mapping: Object.fromEntries(mapping) as JsonSchema },
    };
  }
}

function required(shape: Shape): TupleElement {
  return { shape, optional: false, rest: false };
}

function escaped(name: string): string {
  return name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function mergedPatterns(entries: readonly (readonly [string, JsonSchema])[]): JsonSchema {
  const merged = new Map<string, JsonSchema>();
  for (const [pattern, schema] of entries) {
    const before = merged.get(pattern);
    merged.set(pattern, before === undefined ? schema : { allOf: [before, schema] });
  }
  return Object.fromEntries(merged);
}
