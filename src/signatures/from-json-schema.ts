import {
  stringFormats,
  type Definition,
  type JsonValue,
  type Property,
  type Shape,
  type StringFormat,
} from '../contract/signature.ts';

/** The part of JSON Schema (draft 2020-12) that zod writes. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly const?: JsonValue;
  readonly enum?: readonly JsonValue[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema | false;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly description?: string;
  readonly default?: JsonValue;
  readonly examples?: readonly JsonValue[];
  readonly deprecated?: boolean;
}

export interface ReadSchema {
  readonly properties: readonly Property[];
  readonly definitions: Readonly<Record<string, Definition>>;
}

/** Reads a schema back into shapes; what shapes cannot say becomes `unknown`. `rename` names its definitions. */
export function fromJsonSchema(schema: JsonSchema, rename: (name: string) => string): ReadSchema {
  return new SchemaReader(rename).read(schema);
}

class SchemaReader {
  readonly #rename: (name: string) => string;

  constructor(rename: (name: string) => string) {
    this.#rename = rename;
  }

  read(schema: JsonSchema): ReadSchema {
    const definitions: Record<string, Definition> = {};
    for (const [name, definition] of Object.entries(schema.$defs ?? {})) {
      const { description } = definition;
      const shape = this.#toShape(definition);
      definitions[this.#rename(name)] = { shape, ...(description === undefined ? {} : { description }) };
    }
    return { properties: this.#propertiesOf(schema), definitions };
  }

  #propertiesOf({ properties = {}, required = [] }: JsonSchema): Property[] {
    return Object.entries(properties).map(([name, schema]) => ({
      name,
      shape: this.#toShape(schema),
      optional: !required.includes(name),
      ...(schema.description === undefined ? {} : { description: schema.description }),
      ...(schema.default === undefined ? {} : { defaultValue: schema.default }),
      ...(schema.examples === undefined ? {} : { examples: schema.examples }),
      ...(schema.deprecated === true ? { deprecated: true } : {}),
    }));
  }

  #toShape(schema: JsonSchema): Shape {
    const { $ref, enum: values, const: only, type } = schema;
    if ($ref !== undefined) return this.#refShape($ref);
    if (only !== undefined) return literalShape(only);
    if (values !== undefined) return unionOf(values.map(literalShape));
    const branches = schema.anyOf ?? schema.oneOf;
    if (branches !== undefined) return unionOf(branches.map((branch) => this.#toShape(branch)));
    if (Array.isArray(type))
      return unionOf(type.map((one: string) => this.#toShape({ ...schema, type: one })));
    return this.#typedShape(schema);
  }

  #typedShape(schema: JsonSchema): Shape {
    switch (schema.type) {
      case 'string':
        return {
          kind: 'string',
          ...pick(schema, ['minLength', 'maxLength', 'pattern']),
          ...formatOf(schema),
        };
      case 'number':
        return { kind: 'number', ...pick(schema, limits) };
      case 'integer':
        return { kind: 'number', integer: true, ...pick(schema, limits) };
      case 'boolean':
      case 'null':
        return { kind: schema.type };
      case 'array':
        return this.#arrayShape(schema);
      case 'object':
        return this.#objectShape(schema);
      default:
        return { kind: 'unknown' };
    }
  }

  #arrayShape(schema: JsonSchema): Shape {
    const { prefixItems, items } = schema;
    if (prefixItems === undefined) {
      const element: Shape =
        items === undefined || items === false ? { kind: 'unknown' } : this.#toShape(items);
      const unique = schema.uniqueItems === true ? { uniqueItems: true as const } : {};
      return { kind: 'array', element, ...pick(schema, ['minItems', 'maxItems']), ...unique };
    }
    const least = schema.minItems ?? prefixItems.length;
    const fixed = prefixItems.map((item, index) => ({
      shape: this.#toShape(item),
      optional: index >= least,
      rest: false,
    }));
    const rest =
      items === undefined || items === false
        ? []
        : [{ shape: this.#toShape(items), optional: true, rest: true }];
    return { kind: 'tuple', elements: [...fixed, ...rest] };
  }

  #objectShape(schema: JsonSchema): Shape {
    const { additionalProperties: others, patternProperties = {} } = schema;
    const patterns = Object.entries(patternProperties).map(([pattern, value]) => ({
      pattern,
      value: this.#toShape(value),
    }));
    const open = typeof others === 'object' ? [{ value: this.#toShape(others) }] : [];
    // zod's plain objects say nothing of other keys and drop them: callers had better not send any.
    const index = [
      ...patterns,
      ...open,
      ...(others === true ? [{ value: { kind: 'unknown' } as const }] : []),
    ];
    return {
      kind: 'object',
      properties: this.#propertiesOf(schema),
      ...(index.length === 0 ? {} : { index }),
    };
  }

  #refShape($ref: string): Shape {
    const name = /^#\/\$defs\/(.+)$/.exec($ref)?.[1];
    return name === undefined ? { kind: 'unknown' } : { kind: 'ref', name: this.#rename(name) };
  }
}

const limits = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'] as const;

function literalShape(value: JsonValue): Shape {
  if (value === null) return { kind: 'null' };
  return typeof value === 'object' ? { kind: 'unknown' } : { kind: 'literal', value };
}

function unionOf(members: readonly Shape[]): Shape {
  const [only] = members;
  return only !== undefined && members.length === 1 ? only : { kind: 'union', members };
}

function formatOf({ format }: JsonSchema): { format: StringFormat } | object {
  return stringFormats.some((known) => known === format) ? { format } : {};
}

function pick<K extends keyof JsonSchema>(schema: JsonSchema, keys: readonly K[]): Pick<JsonSchema, K> {
  const found = keys.filter((key) => schema[key] !== undefined).map((key) => [key, schema[key]]);
  return Object.fromEntries(found) as Pick<JsonSchema, K>;
}
