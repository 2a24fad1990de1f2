import * as z from 'zod';
import type { Signature } from '../contract/signature.ts';
import { fromJsonSchema, type JsonSchema } from './from-json-schema.ts';

/**
 * The signature of a function whose body is checked by a zod schema of its author's (`input`): what it takes
 * is the schema's, everything else is the derived one's, which may be missing.
 */
export function explicitSignature(input: z.ZodType, derived: Signature | undefined): Signature {
  const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const taken = derived?.definitions ?? {};
  const { properties, definitions } = fromJsonSchema(schema, (name) =>
    Object.hasOwn(taken, name) ? `${name}Input` : name,
  );
  return {
    ...(derived ?? {
      returns: { kind: 'value', shape: { kind: 'unknown' } },
      description: '',
      text: '(input: unknown)',
    }),
    style: 'object',
    parameters: properties.map((property) => ({ ...property, rest: false })),
    // Where the parameters could not be derived: a function that takes no context is not disturbed by one.
    contextIndex: derived === undefined ? 1 : derived.contextIndex,
    definitions: { ...taken, ...definitions },
  };
}
