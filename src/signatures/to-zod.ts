import * as z from 'zod';
import type { ZodType } from 'zod';
import type { ObjectShape, Property, Shape, Signature } from '../contract/signature.ts';
import { referredNames } from './child-shapes.ts';
import { resolveShape } from './discriminator.ts';
import { arraySchema, mapSchema, setSchema, tupleSchema } from './list-schemas.ts';
import { bigintLiteralSchema, bigintSchema, numberSchema } from './number-schema.ts';
import { objectSchema, type ObjectFields, type ObjectSchema } from './object-schema.ts';
import { refusal } from './refusal.ts';
import { createParseMemory } from './run-schema.ts';
import { stringSchema, templateSchema } from './string-schema.ts';
import { bytesSchema, dateSchema, fileSchema, urlSchema } from './text-schemas.ts';
import { unionSchema } from './union-schema.ts';

/**
 * The schema of a whole request body: strict at every depth, without coercion. A parameter that is left
 * out stays out, so that the function's own default applies.
 *
 * The schema is built at its first use: a restart with thousands of functions does not wait for it.
 *
 * @throws Error when the signature refers to a definition that it does not have
 */
export function toZod(signature: Signature): ZodType<Record<string, unknown>> {
  const { parameters, definitions } = signature;
  // Cheap, and at load: a broken signature must not wait for the first call to show.
  referredNames(
    parameters.map(({ shape }) => shape),
    (name) => resolveShape({ kind: 'ref', name }, definitions),
  );
  return z.lazy(() => new SchemaBuilder(signature).body());
}

class SchemaBuilder {
  readonly #signature: Signature;
  readonly #memory = createParseMemory();
  /** Of definitions; undefined while one is being built, which only happens inside itself. */
  readonly #definitions = new Map<string, ZodType | undefined>();
  #remembers = false;

  constructor(signature: Signature) {
    this.#signature = signature;
  }

  body(): ObjectSchema {
    const schema = this.#objectSchema(
      { kind: 'object', properties: this.#signature.parameters },
      'parameter',
    );
    if (!this.#remembers) return schema;
    return z.preprocess((value) => {
      this.#memory.forget();
      return value;
    }, schema);
  }

  #toSchema(shape: Shape): ZodType {
    switch (shape.kind) {
      case 'array':
        return arraySchema(shape, this.#toSchema(shape.element));
      case 'set':
        return setSchema(this.#toSchema(shape.element));
      case 'map':
        return mapSchema(this.#toSchema(shape.key), this.#toSchema(shape.value));
      case 'tuple':
        return tupleSchema(shape.elements, (element) => this.#toSchema(element.shape));
      case 'object':
        return this.#objectSchema(shape, 'property');
      case 'union':
        return this.#unionSchema(shape);
      case 'ref':
        return this.#reference(shape.name);
      default:
        return leafSchema(shape);
    }
  }

  #objectSchema({ properties, index = [] }: ObjectShape, what: ObjectFields['what']): ObjectSchema {
    return objectSchema({
      fields: Object.fromEntries(properties.map((property) => [property.name, this.#field(property)])),
      what,
      index: index.map(({ pattern, value }) => ({ pattern, value: this.#toSchema(value) })),
      remember: (schema) => this.#remember(schema),
    });
  }

  #field({ shape, optional }: Property): ZodType {
    const schema = this.#toSchema(shape);
    return optional ? schema.optional() : schema;
  }

  #unionSchema(shape: Extract<Shape, { kind: 'union' }>): ZodType {
    return unionSchema(shape, {
      definitions: this.#signature.definitions,
      toSchema: (member) => this.#toSchema(member),
    });
  }

  #remember<T>(schema: ZodType<T>): ZodType<T> {
    this.#remembers = true;
    return this.#memory.remember(schema);
  }

  /** Each definition is built once; lazy only where it refers to itself. */
  #reference(name: string): ZodType {
    const known = this.#definitions.get(name);
    if (known !== undefined) return known;
    if (this.#definitions.has(name)) return z.lazy(() => this.#reference(name));
    this.#definitions.set(name, undefined);
    const schema = this.#toSchema(resolveShape({ kind: 'ref', name }, this.#signature.definitions));
    this.#definitions.set(name, schema);
    return schema;
  }
}

type Leaf = Exclude<Shape, { kind: 'array' | 'set' | 'map' | 'tuple' | 'object' | 'union' | 'ref' }>;

function leafSchema(shape: Leaf): ZodType {
  switch (shape.kind) {
    case 'string':
      return stringSchema(shape);
    case 'number':
      return numberSchema(shape);
    case 'bigint':
      return bigintSchema(shape);
    case 'boolean':
      return z.boolean();
    case 'null':
      return z.null();
    case 'undefined':
      return z.undefined();
    case 'unknown':
      return z.unknown();
    case 'never':
      return z.never();
    case 'anyObject':
      return anyObjectSchema();
    case 'date':
      return dateSchema();
    case 'url':
      return urlSchema();
    case 'bytes':
      return bytesSchema();
    case 'file':
      return fileSchema();
    case 'literal':
      return z.literal(shape.value);
    case 'bigintLiteral':
      return bigintLiteralSchema(shape.value);
    case 'template':
      return templateSchema(shape.pattern, shape.text);
    default: {
      const check: never = shape;
      return check;
    }
  }
}

function anyObjectSchema(): ZodType<object> {
  return z.unknown().transform((value, { issues }) => {
    if (typeof value === 'object' && value !== null && !(value instanceof Blob)) return value;
    issues.push(refusal({ expected: 'object | array', code: 'invalid_type', input: value }));
    return z.NEVER;
  });
}
