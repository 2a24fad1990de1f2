import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Shape } from '../../src/contract/signature.ts';
import { toProblems } from '../../src/signatures/to-problems.ts';
import {
  array,
  literal,
  makeSignature,
  number,
  object,
  problemsOf,
  string,
  union,
  type Shapes,
} from './make-signature.ts';

function problems(parameters: Shapes, input: unknown, definitions: Shapes = {}): string[] {
  return problemsOf(makeSignature(parameters, definitions), input);
}

describe('toProblems', () => {
  it('lists every problem with its path', () => {
    const user = object({ email: string, tags: array(string), 'odd key': number });
    expect(
      problems(
        { user, count: number },
        { user: { email: 5, tags: ['a', 1], 'odd key': 'x', extra: 1 }, cuont: 2 },
      ),
    ).toEqual([
      "user.email | invalid_type | expected string, got '5'",
      "user.tags[1] | invalid_type | expected string, got '1'",
      'user["odd key"] | invalid_type | expected number, got \'"x"\'',
      "user.extra | unknown_key | unknown property 'extra'; expected 'email', 'tags', 'odd key'",
      'count | required | required: expected number, got nothing',
      "cuont | unknown_key | unknown parameter 'cuont'; did you mean 'count'?",
    ]);
  });

  it('says what is required', () => {
    expect(
      problems(
        {
          a: string,
          b: { kind: 'unknown' },
          c: union(literal('x'), number),
          d: { kind: 'date' },
          e: literal('y'),
        },
        {},
      ),
    ).toEqual([
      'a | required | required: expected string, got nothing',
      'b | required | required: expected any value, got nothing',
      "c | required | required: expected number | 'x', got nothing",
      "d | required | required: expected a date such as '2030-12-31T23:59:59Z' or '2030-12-31', got nothing",
      "e | required | required: expected 'y', got nothing",
    ]);
  });

  it('puts unions into one line', () => {
    expect(problems({ v: union(literal('a'), literal('b'), number) }, { v: 'c' })).toEqual([
      "v | invalid_union | expected number | 'a' | 'b', got '\"c\"'",
    ]);
    expect(problems({ v: union(literal('a'), literal('b')) }, { v: 'c' })).toEqual([
      "v | invalid_value | expected 'a' | 'b', got '\"c\"'",
    ]);
    expect(problems({ v: union({ kind: 'date' }, { kind: 'null' }) }, { v: 'soon' })).toEqual([
      "v | invalid_union | expected a date such as '2030-12-31T23:59:59Z' or '2030-12-31' | null, got '\"soon\"'",
    ]);
  });

  it('finds the member of a union that is meant', () => {
    const circle = object({ kind: literal('circle'), radius: number });
    const square = object({ kind: literal('square'), side: number });
    const shape = union(circle, square, string);
    expect(problems({ shape }, { shape: { kind: 'square', side: 'x', more: 1 } })).toEqual([
      'shape.side | invalid_type | expected number, got \'"x"\'',
      "shape.more | unknown_key | unknown property 'more'; expected 'kind', 'side'",
    ]);
    expect(problems({ shape }, { shape: { kind: 'line' } })).toEqual([
      "shape.kind | invalid_value | expected kind to be 'circle' or 'square', got '\"line\"'",
    ]);
    expect(problems({ shape }, { shape: {} })).toEqual([
      "shape.kind | required | required: expected kind to be 'circle' or 'square', got nothing",
    ]);
    expect(problems({ shape }, { shape: 5 })).toEqual([
      "shape | invalid_union | expected object | string, got '5'",
    ]);
    expect(problems({ v: union(array(number), string) }, { v: [1, 'x'] })).toEqual([
      'v[1] | invalid_type | expected number, got \'"x"\'',
    ]);
  });

  it('speaks of tuples and dates', () => {
    const tuple: Shape = {
      kind: 'tuple',
      elements: [number, string].map((shape) => ({ shape, optional: false, rest: false })),
    };
    expect(problems({ tuple }, { tuple: [1, 'a', 2] })).toEqual([
      'tuple | too_big | expected at most 2 elements, got 3',
    ]);
    expect(problems({ tuple }, { tuple: [] })).toEqual([
      'tuple | too_small | expected at least 2 elements, got 0',
    ]);
    expect(problems({ at: { kind: 'date' } }, { at: 3 })).toEqual([
      "at | invalid_date | expected a date such as '2030-12-31T23:59:59Z' or '2030-12-31', got '3'",
    ]);
  });

  it('cuts what it shows, and keeps each key on its own line', () => {
    expect(problems({ a: number }, { a: 'x'.repeat(500) })[0]!.length).toBeLessThan(150);
    expect(problems({}, { 'a\nb': 1, __proto__x: 2 })).toEqual([
      '["a\\nb"] | unknown_key | unknown parameter \'a\\nb\'; none is expected',
      "__proto__x | unknown_key | unknown parameter '__proto__x'; none is expected",
    ]);
  });
});

describe('many unknown keys', () => {
  it('are all listed, in good time', () => {
    const input = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`key_number_${n}`, n]));
    const known = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`known_name_${n}`, string]));
    const found = problems(known, input);
    expect(found).toHaveLength(20_050);
    expect(found.at(-1)).toBe("key_number_19999 | unknown_key | unknown parameter 'key_number_19999'");
  });
});

describe("an author's own schema", () => {
  const told = (schema: z.ZodType, input: unknown): string[] => {
    const { error } = schema.safeParse(input);
    return error === undefined
      ? []
      : toProblems(error, input).map(({ path, message, code }) => `${path} | ${code} | ${message}`);
  };

  it('is put into the same words', () => {
    const schema = z.strictObject({
      name: z.string().min(3),
      age: z.number().positive().max(9),
      tags: z.array(z.string()).min(1),
      at: z.iso.date(),
      missing: z.boolean(),
    });
    expect(told(schema, { name: 'a', age: 0, tags: [], at: 'x', extra: 1 })).toEqual([
      `name | too_small | expected a string of at least 3 characters, got '"a"' (length 1)`,
      "age | too_small | expected a number above 0, got '0'",
      'tags | too_small | expected at least 1 element, got 0',
      'at | invalid_format | Invalid ISO date',
      'missing | required | required: expected boolean, got nothing',
      "extra | unknown_key | unknown property 'extra'",
    ]);
  });

  it('may have words of its own', () => {
    const schema = z
      .object({ a: z.string('a is a name'), b: z.number().optional() })
      .refine(({ b }) => b !== undefined, { path: ['b'], error: 'b is needed with a' });
    expect(told(schema, { a: 5 })).toEqual(['a | invalid_type | a is a name']);
    expect(told(schema, {})).toEqual(['a | invalid_type | a is a name']);
    expect(told(schema, { a: 'x' })).toEqual(['b | custom | b is needed with a']);
  });
});
