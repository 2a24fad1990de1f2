import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { invalidBodies, validBodies } from '../../../apis/_platform/fuzz/arbitraries/bodies.ts';
import { SchemaError, type JsonSchema } from '../../../apis/_platform/fuzz/schema/json-schema.ts';
import { toJsonSchema } from '../../../src/signatures/to-json-schema.ts';
import { createJudge } from '../../signatures/agreement.ts';
import { makeSignature } from '../../signatures/make-signature.ts';
import { propertyOptions } from '../../signatures/property-options.ts';
import { allCases, exactCases } from '../../signatures/shape-arbitrary.ts';

/** Some values; none where nothing fits the schema, which random shapes can bring about. */
function some<T>(values: (schema: JsonSchema) => fc.Arbitrary<T>, { schema, seed }: Drawn): readonly T[] {
  try {
    return fc.sample(values(schema), { numRuns: 10, seed });
  } catch (error) {
    if (error instanceof SchemaError) return [];
    throw error;
  }
}

interface Drawn {
  readonly schema: JsonSchema;
  readonly seed: number;
}

describe('bodies made from random signatures', () => {
  it('are accepted by validator and schema when they are valid, and refused when they are not', () => {
    let valid = 0;
    let invalid = 0;
    fc.assert(
      fc.property(exactCases, fc.integer(), ({ shape, definitions }, seed) => {
        const signature = makeSignature({ v: shape }, definitions);
        const judge = createJudge(signature);
        const schema = toJsonSchema(signature) as JsonSchema;
        for (const body of some(validBodies, { schema, seed })) {
          expect({ body, ...judge(body) }).toEqual({ body, zod: true, ajv: true });
          valid += 1;
        }
        for (const { body, mutation } of some(invalidBodies, { schema, seed })) {
          expect({ body, mutation, ...judge(body) }).toEqual({ body, mutation, zod: false, ajv: false });
          invalid += 1;
        }
      }),
      propertyOptions({ runs: 60, seconds: 15 }),
    );
    expect(valid).toBeGreaterThan(0);
    expect(invalid).toBeGreaterThan(0);
  });

  it('fit the schema when they are valid, also where the validator knows more', () => {
    let valid = 0;
    fc.assert(
      fc.property(allCases, fc.integer(), ({ shape, definitions }, seed) => {
        const signature = makeSignature({ v: shape }, definitions);
        const judge = createJudge(signature);
        const schema = toJsonSchema(signature) as JsonSchema;
        for (const body of some(validBodies, { schema, seed })) {
          expect({ body, ...judge(body) }).toMatchObject({ ajv: true });
          valid += 1;
        }
      }),
      propertyOptions({ runs: 25, seconds: 6 }),
    );
    expect(valid).toBeGreaterThan(0);
  });
});
