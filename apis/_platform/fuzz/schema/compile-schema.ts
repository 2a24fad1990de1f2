import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { SchemaError, type JsonSchema } from './json-schema.ts';

/** Undefined when the value fits; else what is wrong, as `path message`. */
export type Check = (value: unknown) => string | undefined;

/** Making a check takes a hundred times as long as using it. */
const known = new WeakMap<object, Check>();

/**
 * A check of values against a schema of draft 2020-12; the same one for the same schema.
 *
 * @throws SchemaError when it is no valid schema
 */
export function compileSchema(schema: JsonSchema): Check {
  const before = typeof schema === 'object' ? known.get(schema) : undefined;
  if (before !== undefined) return before;
  const validate = compiled(schema);
  const check: Check = (value) => (validate(value) ? undefined : describe(validate.errors ?? []));
  if (typeof schema === 'object') known.set(schema, check);
  return check;
}

function compiled(schema: JsonSchema) {
  const ajv = new Ajv2020({
    strict: false,
    ownProperties: true,
    // 0.3 is a multiple of 0.1, although the quotient of these doubles is not 3.
    multipleOfPrecision: 9,
    logger: false,
  });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  try {
    return ajv.compile(schema);
  } catch (error) {
    throw new SchemaError(
      `the schema cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** The deepest problem says most: those above it only repeat that something is wrong. */
function describe(errors: readonly ErrorObject[]): string {
  const deepest = errors.toSorted((a, b) => b.instancePath.length - a.instancePath.length)[0];
  if (deepest === undefined) return 'does not fit the schema';
  const params = deepest.params as Readonly<Record<string, unknown>>;
  const detail = params['additionalProperty'] ?? params['allowedValues'] ?? params['allowedValue'];
  const more = detail === undefined ? '' : `: ${JSON.stringify(detail)}`;
  return `${deepest.instancePath === '' ? 'the value' : deepest.instancePath} ${deepest.message ?? deepest.keyword}${more}`;
}
