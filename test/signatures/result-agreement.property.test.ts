import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toJsonText } from '../../src/contract/to-json.ts';
import { returnsToJsonSchema } from '../../src/signatures/to-json-schema.ts';
import { toZod } from '../../src/signatures/to-zod.ts';
import { compileSchema } from './agreement.ts';
import { makeSignature } from './make-signature.ts';
import { propertyOptions } from './property-options.ts';
import { allCases } from './shape-arbitrary.ts';
import { fittingValues } from './value-arbitrary.ts';

const trials = allCases.chain(({ shape, definitions }) => {
  const values = fittingValues(shape, definitions) ?? fc.constant(null);
  return fc.record({
    shape: fc.constant(shape),
    definitions: fc.constant(definitions),
    values: fc.array(values, { minLength: 2, maxLength: 5 }),
  });
});

describe('schemas of results', () => {
  it('take what a function sends that gives back its argument', () => {
    fc.assert(
      fc.property(trials, ({ shape, definitions, values }) => {
        const signature = makeSignature({ v: shape }, definitions);
        const schema = toZod(signature);
        const validate = compileSchema(
          returnsToJsonSchema({ ...signature, returns: { kind: 'value', shape } }),
        );
        for (const value of values) {
          const parsed = schema.safeParse({ v: value });
          if (!parsed.success) continue;
          const sent: unknown = JSON.parse(toJsonText(parsed.data['v']));
          expect({ sent, fits: validate(sent) }).toEqual({ sent, fits: true });
        }
      }),
      propertyOptions({ runs: 150, seconds: 6 }),
    );
  });
});
