import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import AjvDraft04 from 'ajv-draft-04';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Json } from '../model/json.ts';
import { guarded } from './pattern.ts';
import { ValueError } from './value-error.ts';

export const schemaDrafts = ['draft-04', 'draft-06', 'draft-07', '2019-09', '2020-12'] as const;
export type SchemaDraft = (typeof schemaDrafts)[number];

type Validator = Pick<Ajv, 'compile' | 'removeSchema'>;

/** Gives what is wrong with a value; an empty list means that it fits. */
export type SchemaCheck = (value: Json) => string[];

/** Compiled schemas that are kept beside those that the plan names: schemas with values put in may be many. */
const keptSchemas = 200;

const options: Options = {
  allErrors: true,
  // Schemas come from documents of all kinds; what Ajv calls strict is more than the specification asks.
  strict: false,
  logger: false,
  addUsedSchema: false,
  code: { regExp: Object.assign(patternEngine, { code: 'guardedPattern' }) },
};

/** Compiles JSON Schemas, each once; one for a whole run. */
export class SchemaCompiler {
  readonly #validators = new Map<SchemaDraft, Validator>();
  readonly #checks = new Map<string, SchemaCheck>();
  /** By the schema itself: those of the plan are the same object each time. */
  readonly #known = new WeakMap<object, SchemaCheck>();

  /** @throws ValueError SCHEMA_INVALID */
  compile(schema: Json): SchemaCheck {
    if (schema === null || typeof schema !== 'object') return this.#compile(schema);
    let check = this.#known.get(schema);
    if (!check) {
      check = this.#compileText(schema);
      this.#known.set(schema, check);
    }
    return check;
  }

  #compileText(schema: Json): SchemaCheck {
    const key = JSON.stringify(schema);
    const known = this.#checks.get(key);
    if (known) return known;
    const check = this.#compile(schema);
    if (this.#checks.size >= keptSchemas) {
      const [oldest] = this.#checks.keys();
      if (oldest !== undefined) this.#checks.delete(oldest);
    }
    this.#checks.set(key, check);
    return check;
  }

  #compile(schema: Json): SchemaCheck {
    if (typeof schema === 'boolean') return () => (schema ? [] : ['nothing is allowed here']);
    if (schema === null || typeof schema !== 'object' || Array.isArray(schema)) {
      throw new ValueError(
        'SCHEMA_INVALID',
        `A JSON Schema is an object, got ${JSON.stringify(schema).slice(0, 60)}.`,
      );
    }
    const { $schema, ...rest } = schema;
    const validator = this.#validator(draftOf($schema));
    let validate: ValidateFunction;
    try {
      validate = validator.compile(rest);
      // Else the validator would keep every schema that was made with values put in.
      validator.removeSchema(rest);
    } catch (error) {
      throw new ValueError('SCHEMA_INVALID', `The JSON Schema cannot be used: ${(error as Error).message}.`);
    }
    return (value) => (validate(value) ? [] : (validate.errors ?? []).map(toText));
  }

  #validator(draft: SchemaDraft): Validator {
    let validator = this.#validators.get(draft);
    if (!validator) {
      validator = createValidator(draft);
      this.#validators.set(draft, validator);
    }
    return validator;
  }
}

/** By `$schema`; without it 2020-12. @throws ValueError SCHEMA_INVALID for one that is not known */
export function draftOf($schema: Json | undefined): SchemaDraft {
  if ($schema === undefined) return '2020-12';
  const uri = typeof $schema === 'string' ? $schema : '';
  const draft = schemaDrafts.find((name) => uri.includes(`/${name}/`));
  if (!draft) {
    throw new ValueError(
      'SCHEMA_INVALID',
      `$schema ${JSON.stringify($schema)} is not known; known are ${schemaDrafts.join(', ')}.`,
    );
  }
  return draft;
}

function createValidator(draft: SchemaDraft): Validator {
  switch (draft) {
    case 'draft-04':
      return withFormats(new AjvDraft04.default(options));
    case 'draft-06':
    // What draft-07 adds (if, then, else) means nothing in a schema of draft-06.
    case 'draft-07':
      return withFormats(new Ajv(options));
    case '2019-09':
      return withFormats(new Ajv2019(options));
    case '2020-12':
      return withFormats(new Ajv2020(options));
    default: {
      const check: never = draft;
      return check;
    }
  }
}

function withFormats(validator: Ajv): Ajv {
  addFormats.default(validator);
  return validator;
}

/**
 * Patterns of a schema: such as cannot hang, and also those that are only valid without the flag `u`. Ajv knows one
 * from another by its text.
 */
function patternEngine(source: string, flags: string): { test(text: string): boolean; toString(): string } {
  const regex = readRegex(source, flags);
  const pattern = guarded(regex);
  return { test: (text) => pattern.exec(text) !== null, toString: () => String(regex) };
}

function readRegex(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch {
    return new RegExp(source);
  }
}

function toText({ instancePath, message, params }: ErrorObject): string {
  const more = Object.values(params as Record<string, unknown>)
    .filter((value) => typeof value === 'string' || Array.isArray(value))
    .map((value) => JSON.stringify(value));
  const place = instancePath === '' ? 'the value' : instancePath;
  return `${place} ${message ?? 'does not fit'}${more.length > 0 ? ` (${more.join(', ').slice(0, 200)})` : ''}`;
}
