import { z, type ZodType } from 'zod';
import type {
  ObjectShape,
  Parameter,
  Property,
  Shape,
  Signature,
  TupleElement,
} from '../contract/signature.ts';
import { unknownKeyMessages } from './unknown-key-messages.ts';

/**
 * The schema of a whole request body: strict, without coercion. Dates arrive as ISO 8601 text and come
 * out as `Date`; a parameter that is left out stays out, so that the function's own default applies.
 */
export function toZod(signature: Signature): ZodType<Record<string, unknown>> {
  return bodySchema(signature, undefined);
}

/** What documentation wants to know about a schema. */
export interface SchemaNote {
  readonly id?: string;
  readonly description?: string;
  readonly default?: unknown;
}

type Note = (schema: ZodType, about: SchemaNote) => void;

/** `note` hears what the signature says about each schema. */
export function bodySchema(signature: Signature, note: Note | undefined): ZodType<Record<string, unknown>> {
  return new SchemaBuilder(signature, note).body();
}

class SchemaBuilder {
  readonly #signature: Signature;
  readonly #note: Note | undefined;
  readonly #references = new Map<string, ZodType>();
  readonly #made = new Map<Shape, ZodType>();

  constructor(signature: Signature, note: Note | undefined) {
    this.#signature = signature;
    this.#note = note;
  }

  body(): ZodType<Record<string, unknown>> {
    return this.#objectSchema({ kind: 'object', properties: this.#signature.parameters }, 'parameter');
  }

  #toSchema(shape: Shape): ZodType {
    const known = this.#made.get(shape);
    if (known !== undefined) return known;
    const schema = this.#newSchema(shape);
    this.#made.set(shape, schema);
    return schema;
  }

  #newSchema(shape: Shape): ZodType {
    switch (shape.kind) {
      case 'string':
        return z.string();
      case 'number':
        return z.number();
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
      case 'date':
        return dateSchema();
      case 'literal':
        return z.literal(shape.value);
      case 'union':
        return this.#unionSchema(shape.members);
      case 'array':
        return z.array(this.#toSchema(shape.element));
      case 'tuple':
        return this.#tupleSchema(shape.elements);
      case 'object':
        return this.#objectSchema(shape, 'property');
      case 'ref':
        return this.#reference(shape.name);
      default: {
        const check: never = shape;
        return check;
      }
    }
  }

  #objectSchema(
    { properties, index }: ObjectShape,
    what: 'property' | 'parameter',
  ): ZodType<Record<string, unknown>> {
    const fields = Object.fromEntries(
      properties.map((property) => [property.name, this.#propertySchema(property)]),
    );
    if (index !== undefined) return z.object(fields).catchall(this.#toSchema(index));
    const names = properties.map(({ name }) => name);
    return z.strictObject(fields, {
      // One line per key: problems are made from them later, when the known names are no longer at hand.
      error: (issue) =>
        issue.code === 'unrecognized_keys' ? unknownKeyMessages(what, issue.keys, names) : undefined,
    });
  }

  #propertySchema(property: Property & Partial<Parameter>): ZodType {
    const schema = this.#toSchema(property.shape);
    const own = property.optional ? schema.optional() : schema;
    const { description, defaultValue } = property;
    if (this.#note === undefined || (description === undefined && defaultValue === undefined)) return own;
    // The schema itself may stand in other places too, where this is not true of it.
    const noted = property.optional ? own : own.clone();
    this.#note(noted, {
      ...(description === undefined ? {} : { description }),
      ...(defaultValue === undefined ? {} : { default: defaultValue }),
    });
    return noted;
  }

  /** All literals are one schema: an `enum` in JSON Schema. */
  #unionSchema(members: readonly Shape[]): ZodType {
    const values = members.flatMap((member) => (member.kind === 'literal' ? [member.value] : []));
    const others = datesFirst(members.filter((member) => member.kind !== 'literal')).map((member) =>
      this.#toSchema(member),
    );
    const options = values.length === 0 ? others : [...others, z.literal(values)];
    const [only] = options;
    return only !== undefined && options.length === 1 ? only : z.union(options);
  }

  #tupleSchema(elements: readonly TupleElement[]): ZodType {
    const fixed = elements.filter((element) => !element.rest);
    const rest = elements.find((element) => element.rest);
    const items = fixed.map(({ shape, optional }) =>
      optional ? this.#toSchema(shape).optional() : this.#toSchema(shape),
    );
    const list = items as [ZodType, ...ZodType[]];
    return rest === undefined ? z.tuple(list) : z.tuple(list, this.#toSchema(rest.shape));
  }

  /** Lazy, because what it refers to may be under construction. */
  #reference(name: string): ZodType {
    let schema = this.#references.get(name);
    if (schema === undefined) {
      const shape = this.#signature.definitions[name];
      if (shape === undefined)
        throw new Error(`toZod: no definition '${name}' in the signature '${this.#signature.text}'`);
      schema = z.lazy(() => this.#toSchema(shape));
      this.#references.set(name, schema);
      this.#note?.(schema, { id: name });
    }
    return schema;
  }
}

/** A date is text as well: of `string | Date`, the date goes first. */
function datesFirst(members: readonly Shape[]): readonly Shape[] {
  const dates = members.filter((member) => member.kind === 'date');
  return dates.length === 0 ? members : [...dates, ...members.filter((member) => member.kind !== 'date')];
}

function dateSchema(): ZodType {
  return z
    .union([z.iso.datetime({ offset: true }), z.iso.date()], {
      error: "expected a date such as '2030-12-31T23:59:59Z' or '2030-12-31'",
    })
    .transform((text) => new Date(text));
}
