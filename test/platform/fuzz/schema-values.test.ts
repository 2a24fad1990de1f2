import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { invalidBodies, validBodies } from '../../../apis/_platform/fuzz/arbitraries/bodies.ts';
import { patternTexts, withoutAssertions } from '../../../apis/_platform/fuzz/arbitraries/pattern-texts.ts';
import type { JsonSchema } from '../../../apis/_platform/fuzz/schema/json-schema.ts';

const seed = 20_301_231;

function bodiesFor(v: JsonSchema, more: Readonly<Record<string, unknown>> = {}): JsonSchema {
  return { type: 'object', properties: { v }, required: ['v'], additionalProperties: false, ...more };
}

function valuesOf(v: JsonSchema, more?: Readonly<Record<string, unknown>>): unknown[] {
  return fc.sample(validBodies(bodiesFor(v, more)), { seed, numRuns: 200 }).map((body) => body['v']);
}

const tree = {
  $defs: {
    Tree: {
      type: 'object',
      properties: { value: { type: 'number' }, kids: { type: 'array', items: { $ref: '#/$defs/Tree' } } },
      required: ['value', 'kids'],
      additionalProperties: false,
    },
  },
};

describe('values for a schema', () => {
  it.each<[name: string, schema: JsonSchema]>([
    ['any value', true],
    ['a bounded integer', { type: 'integer', minimum: 3, exclusiveMaximum: 6 }],
    ['a multiple', { type: 'number', multipleOf: 0.1, minimum: 0.25, maximum: 0.75 }],
    [
      'an integer that is a multiple of a fraction',
      { type: 'integer', multipleOf: 1.5, minimum: 1, maximum: 9 },
    ],
    ['a number between two neighbours', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1e-300 }],
    ['text of Unicode lengths', { type: 'string', minLength: 2, maxLength: 3 }],
    ['text of a format and length', { type: 'string', format: 'email', maxLength: 20 }],
    [
      'a list of different elements',
      { type: 'array', items: { enum: [1, 2, 3] }, minItems: 3, uniqueItems: true },
    ],
    [
      'a tuple',
      { type: 'array', prefixItems: [{ type: 'number' }, { type: 'string' }], minItems: 1, items: false },
    ],
    [
      'a tuple with a tail',
      { type: 'array', prefixItems: [{ type: 'null' }], items: { type: 'boolean' }, minItems: 3 },
    ],
    ['types in a list', { type: ['string', 'null', 'array'] }],
    ['no type', { minLength: 2 }],
    [
      'allOf of objects',
      {
        allOf: [
          { type: 'object', properties: { a: { type: 'number', minimum: 1 } }, required: ['a'] },
          { properties: { a: { maximum: 2 }, b: { type: 'string' } }, required: ['b'] },
        ],
      },
    ],
    [
      'allOf with a closed object',
      {
        allOf: [
          { type: 'object', properties: { a: { type: 'number' } }, additionalProperties: false },
          { type: 'object', properties: { a: {}, b: { type: 'string' } } },
        ],
      },
    ],
    [
      'anyOf beside other rules',
      {
        type: 'object',
        properties: { kind: { type: 'string' } },
        required: ['kind'],
        anyOf: [
          { properties: { kind: { const: 'a' } } },
          { properties: { kind: { const: 'b' }, n: { type: 'integer' } }, required: ['n'] },
        ],
      },
    ],
    ['oneOf of which both may fit', { oneOf: [{ type: 'integer' }, { type: 'number', minimum: 5 }] }],
    [
      'anyOf and oneOf at once',
      { anyOf: [{ minimum: 1 }, { minimum: 3 }], oneOf: [{ type: 'integer' }, { type: 'string' }] },
    ],
    ['not', { type: 'integer', minimum: 0, maximum: 3, not: { const: 2 } }],
    ['if and then', { type: 'integer', minimum: 0, maximum: 9, if: { minimum: 5 }, then: { multipleOf: 2 } }],
    [
      'properties by pattern',
      {
        type: 'object',
        patternProperties: { '^x-[a-z]+$': { type: 'number' } },
        additionalProperties: false,
      },
    ],
    [
      'enough properties',
      { type: 'object', additionalProperties: { type: 'number' }, minProperties: 2, maxProperties: 3 },
    ],
    [
      'base64',
      {
        type: 'string',
        contentEncoding: 'base64',
        pattern: '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
      },
    ],
    ['an anchor', { $ref: '#here' }],
  ])('%s', (_name, schema) => {
    const more = { $defs: { one: { $anchor: 'here', type: 'string', enum: ['x', 'y'] } } };
    // Every body was held against the schema by ajv.
    const values = valuesOf(schema, more);
    expect(new Set(values.map((value) => JSON.stringify(value))).size).toBeGreaterThan(1);
    const invalid = fc.sample(invalidBodies(bodiesFor(schema, more)), { seed, numRuns: 20 });
    expect(invalid.every(({ problem }) => problem.length > 3)).toBe(true);
  });

  it('reach the limits', () => {
    expect(valuesOf({ type: 'integer', minimum: -4000, maximum: 90_000 })).toEqual(
      expect.arrayContaining([-4000, 90_000]),
    );
    const lengths = valuesOf({ type: 'string', minLength: 3, maxLength: 400 }).map(
      (text) => String(text).length,
    );
    expect(lengths).toEqual(expect.arrayContaining([3, 400]));
  });

  it('of recursive types end', () => {
    const values = valuesOf({ $ref: '#/$defs/Tree' }, tree);
    const depth = (value: unknown): number =>
      1 + Math.max(0, ...(value as { kids: unknown[] }).kids.map(depth));
    expect(Math.max(...values.map(depth))).toBeGreaterThan(2);
  });

  it.each<[schema: JsonSchema, message: RegExp]>([
    [{ type: 'integer', minimum: 3, maximum: 2 }, /no value fits/],
    [{ allOf: [{ type: 'string' }, { type: 'number' }] }, /no value fits/],
    [{ $ref: '#/$defs/Endless' }, /never ends/],
    [{ $ref: 'https://example.com/schema.json' }, /can't resolve reference|not within the schema/],
    [{ $ref: '#/$defs/Loop' }, /circle/],
    [{ type: 'string', minLength: 1, not: { type: 'string' } }, /none of 2000 generated values/],
    [{ type: 'text' }, /the schema cannot be used/],
  ])('are refused for %j', (schema, message) => {
    const more = {
      $defs: {
        Endless: { type: 'object', properties: { next: { $ref: '#/$defs/Endless' } }, required: ['next'] },
        Loop: { allOf: [{ $ref: '#/$defs/Loop' }] },
      },
    };
    expect(() => valuesOf(schema, more)).toThrow(message);
  });

  it('are the same for the same seed', () => {
    const sample = () =>
      fc.sample(invalidBodies(bodiesFor({ $ref: '#/$defs/Tree' }, tree)), { seed, numRuns: 20 });
    expect(sample()).toEqual(sample());
  });

  it('cannot be invalid where the schema accepts every object', () => {
    expect(() => fc.sample(invalidBodies({ type: 'object' }), { seed, numRuns: 1 })).toThrow(
      /accepts every object/,
    );
  });
});

describe('text for a pattern', () => {
  it.each([
    '^[a-z]{2,5}$',
    '^(?!(?:a|b)$)(?:x-[a-z]*)$',
    '^\\p{Lu}',
    '^(?=.*\\d)(?=.*[a-z]).{4,8}$',
    '\\bid\\b',
    '^(\\d)-\\1$|^fallback$',
    '^\\P{CWU}*-1$',
    '^[A-Za-z][A-Za-z0-9+.\\-]*:[^\\u0000-\\u0020\\u007f]*$',
  ])('%s', (pattern) => {
    const matcher = new RegExp(pattern, 'u');
    let texts: string[] = [];
    try {
      texts = fc.sample(patternTexts(pattern), { seed, numRuns: 30 });
    } catch (error) {
      // A back reference in the one pattern that has it may never be met by chance.
      if (!pattern.includes('\\1')) throw error;
      expect(String(error)).toMatch(/none of 2000 generated values is text that matches/);
    }
    for (const text of texts) expect(text).toMatch(matcher);
  });

  it('URLs are such that a URL parser takes them', () => {
    const texts = fc.sample(patternTexts('^[A-Za-z][A-Za-z0-9+.\\-]*:[^\\u0000-\\u0020\\u007f]*$'), { seed });
    for (const text of texts) expect(URL.canParse(text)).toBe(true);
  });

  it('leaves look-arounds and boundaries out of a pattern, and nothing else', () => {
    expect(withoutAssertions('^(?!(?:a|[)])$)(?:x)\\b(?<=y)[(?=z)]\\(?:$')).toBe('^(?:x)[(?=z)]\\(?:$');
  });
});
