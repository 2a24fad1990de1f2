import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sampleFromPattern } from '../../../apis/_platform/importers/sample-from-pattern.ts';
import { sampleFromSchema } from '../../../apis/_platform/importers/sample-from-schema.ts';
import type { Json } from '../../../apis/_platform/model/json.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000_007);
const ajv = new Ajv2020({ strict: false });
formats.default(ajv);

const leaf: fc.Arbitrary<Json> = fc.oneof(
  fc.record({
    type: fc.constantFrom('integer', 'number'),
    minimum: fc.integer({ min: -50, max: 50 }),
    maximum: fc.integer({ min: 51, max: 900 }),
  }) as fc.Arbitrary<Json>,
  fc.record({
    type: fc.constant('integer'),
    exclusiveMinimum: fc.integer({ min: -9, max: 9 }),
    multipleOf: fc.integer({ min: 1, max: 7 }),
  }) as fc.Arbitrary<Json>,
  fc.record({
    type: fc.constant('string'),
    minLength: fc.nat(20),
    maxLength: fc.integer({ min: 20, max: 40 }),
  }) as fc.Arbitrary<Json>,
  fc.record({
    type: fc.constant('string'),
    format: fc.constantFrom(
      'date',
      'date-time',
      'email',
      'uuid',
      'ipv4',
      'ipv6',
      'uri',
      'time',
      'hostname',
      'duration',
    ),
  }) as fc.Arbitrary<Json>,
  fc.record({
    type: fc.constant('string'),
    pattern: fc.constantFrom('^[A-Z]{2}\\d{3,5}$', '^(a|bc)+x?$', '^\\w+@\\w+\\.com$', '^v\\d+\\.\\d+$'),
  }) as fc.Arbitrary<Json>,
  fc.constantFrom<Json>(
    { type: 'boolean' },
    { type: 'null' },
    { enum: ['x', 2] },
    { const: [1] },
    { type: ['string', 'null'] },
    true,
  ),
);
const { schema } = fc.letrec<{ schema: Json }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc
      .dictionary(fc.constantFrom('a', 'b', 'c'), tie('schema'))
      .map((properties) => ({ type: 'object', properties, required: Object.keys(properties).slice(0, 1) })),
    fc.record({
      type: fc.constant('array'),
      items: tie('schema'),
      minItems: fc.nat(3),
    }) as fc.Arbitrary<Json>,
    fc.tuple(tie('schema'), tie('schema')).map((anyOf) => ({ anyOf })),
  ),
}));

it(`samples fit their schemas (FUZZ_SEED=${seed})`, () => {
  fc.assert(
    fc.property(schema, (one) => {
      const sample = sampleFromSchema(one, { resolve: () => undefined, of: 'request' });
      expect(
        ajv.validate(one as object, sample),
        `${JSON.stringify(one)} gave ${JSON.stringify(sample)}: ${ajv.errorsText()}`,
      ).toBe(true);
    }),
    { seed, numRuns: 150 },
  );
});

it('ends where schemas refer to themselves and to each other', () => {
  const names = Array.from({ length: 60 }, (_, index) => `S${index}`);
  const all = Object.fromEntries(
    names.map((name) => [
      `#/components/schemas/${name}`,
      {
        type: 'object',
        properties: Object.fromEntries(
          names.map((other) => [other, { $ref: `#/components/schemas/${other}` }]),
        ),
        required: names,
      },
    ]),
  );
  const sample = sampleFromSchema(
    { $ref: '#/components/schemas/S0' },
    { resolve: (ref) => all[ref] as Json | undefined, of: 'request' },
  );
  expect(JSON.stringify(sample).length).toBeLessThan(200_000);
});

it.each(['(?=a)b', '[', 'a{2', '\\p{L}+', '(?<n>a)\\k<n>', '^(?!x).*$'])(
  'gives up on the pattern %s rather than be wrong',
  (pattern) => {
    const text = sampleFromPattern(pattern);
    if (text !== undefined) expect(text).toMatch(new RegExp(pattern, 'u'));
  },
);
