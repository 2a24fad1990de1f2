import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJudge } from './agreement.ts';
import { makeSignature } from './make-signature.ts';
import { mutated } from './mutated-value.ts';
import { propertyOptions } from './property-options.ts';
import { allCases, exactCases, type ShapeCase } from './shape-arbitrary.ts';
import { anyJson, fittingValues } from './value-arbitrary.ts';

interface Trial extends ShapeCase {
  readonly fitting: readonly unknown[];
  readonly others: readonly unknown[];
}

/** Values that fit each shape, the same with changes, and others. */
function trialsOf(cases: fc.Arbitrary<ShapeCase>): fc.Arbitrary<Trial> {
  return cases.chain(({ shape, definitions }) => {
    const values = fittingValues(shape, definitions);
    const some = values === undefined ? fc.constant([]) : fc.array(values, { minLength: 3, maxLength: 6 });
    return some.chain((fitting) =>
      fc.record({
        shape: fc.constant(shape),
        definitions: fc.constant(definitions),
        fitting: fc.constant(fitting),
        others: fc
          .tuple(fc.array(anyJson, { maxLength: 4 }), ...fitting.map((value) => mutated(value)))
          .map((lists) => lists.flat(1)),
      }),
    );
  });
}

/** ajv has to be told how exact multiples are, and takes what misses one by a hair (`multipleOfPrecision`). */
function isHairOff(value: unknown): boolean {
  if (typeof value !== 'number')
    return typeof value === 'object' && value !== null && Object.values(value).some(isHairOff);
  const off = Math.abs(value - Math.round(value * 1000) / 1000);
  return off > 0 && off < 1e-8;
}

describe('validator and JSON Schema', () => {
  it('take every value that fits, and agree on all others', () => {
    fc.assert(
      fc.property(trialsOf(exactCases), ({ shape, definitions, fitting, others }) => {
        const judge = createJudge(makeSignature({ v: shape }, definitions));
        for (const v of fitting) expect({ v, ...judge({ v }) }).toEqual({ v, zod: true, ajv: true });
        for (const v of others.filter((other) => !isHairOff(other))) {
          const { zod, ajv } = judge({ v });
          expect({ v, zod, ajv }).toEqual({ v, zod, ajv: zod });
        }
      }),
      propertyOptions({ runs: 250, seconds: 6 }),
    );
  });

  it('differ only where the validator knows more', () => {
    fc.assert(
      fc.property(trialsOf(allCases), ({ shape, definitions, fitting, others }) => {
        const judge = createJudge(makeSignature({ v: shape }, definitions));
        for (const v of fitting) expect({ v, ...judge({ v }) }).toEqual({ v, zod: true, ajv: true });
        for (const v of others.filter((other) => !isHairOff(other))) {
          const { zod, ajv } = judge({ v });
          expect({ v, zod, ajv }).toEqual({ v, zod, ajv: ajv || zod });
        }
      }),
      propertyOptions({ runs: 100, seconds: 4 }),
    );
  });
});
