import { z } from 'zod';
import type { Signature } from '../contract/signature.ts';
import { bodySchema, type SchemaNote } from './to-zod.ts';

/** JSON Schema (draft 2020-12) of the request body, with descriptions and defaults. */
export function toJsonSchema(signature: Signature): Record<string, unknown> {
  // A registry of its own: the global one would keep every schema's id for ever.
  const registry = z.registry<SchemaNote>();
  const schema = bodySchema(signature, (noted, about) => void registry.add(noted, about));
  const { '~standard': _standard, ...plain } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io: 'input',
    metadata: registry as z.core.$ZodRegistry<Record<string, unknown>>,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // The format says it, and the pattern is 300 characters long.
      if (jsonSchema.format === 'date-time' || jsonSchema.format === 'date') delete jsonSchema.pattern;
    },
  }) as Record<string, unknown>;
  return plain;
}
