import { describe, expect, it } from 'vitest';
import type { Parameter, Shape, Signature } from '../../src/contract/signature.ts';
import { toJsonSchema } from '../../src/signatures/to-json-schema.ts';
import { toProblems } from '../../src/signatures/to-problems.ts';
import { toZod } from '../../src/signatures/to-zod.ts';

function signature(
  parameters: Readonly<Record<string, Shape>>,
  definitions: Signature['definitions'] = {},
): Signature {
  return {
    style: 'positional',
    parameters: Object.entries(parameters).map(([name, shape]): Parameter => ({
      name,
      shape,
      optional: false,
      rest: false,
    })),
    contextIndex: -1,
    definitions,
    description: '',
    text: '',
  };
}

function problems(parameters: Readonly<Record<string, Shape>>, input: unknown): string[] {
  const parsed = toZod(signature(parameters)).safeParse(input);
  if (parsed.success) throw new Error('expected problems');
  return toProblems(parsed.error, input).map(({ path, message, code }) => `${path} | ${code} | ${message}`);
}

const string: Shape = { kind: 'string' };
const number: Shape = { kind: 'number' };
const literal = (value: string | number | boolean): Shape => ({ kind: 'literal', value });
const union = (...members: Shape[]): Shape => ({ kind: 'union', members });
const object = (properties: Readonly<Record<string, Shape>>): Shape => ({
  kind: 'object',
  properties: Object.entries(properties).map(([name, shape]) => ({ name, shape, optional: false })),
});

describe('toProblems', () => {
  it('lists every problem with its path', () => {
    const user = object({ email: string, tags: { kind: 'array', element: string }, 'odd key': number });
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
      "shape.kind | invalid_value | expected 'circle' | 'square', got '\"line\"'",
    ]);
    expect(problems({ shape }, { shape: {} })).toEqual([
      "shape.kind | required | required: expected 'circle' | 'square', got nothing",
    ]);
    expect(problems({ shape }, { shape: 5 })).toEqual([
      "shape | invalid_union | expected object | string, got '5'",
    ]);
    expect(problems({ v: union({ kind: 'array', element: number }, string) }, { v: [1, 'x'] })).toEqual([
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

describe('toZod', () => {
  it('takes no coerced and no infinite values', () => {
    const schema = toZod(signature({ n: number }));
    for (const n of ['1', Infinity, NaN, true, null]) expect(schema.safeParse({ n }).success).toBe(false);
    expect(schema.safeParse([]).success).toBe(false);
  });

  it('follows references', () => {
    const list = object({ next: union({ kind: 'ref', name: 'List' }, { kind: 'null' }) });
    const recursive = signature({ list: { kind: 'ref', name: 'List' } }, { List: list });
    const schema = toZod(recursive);
    expect(schema.safeParse({ list: { next: { next: null } } }).success).toBe(true);
    expect(schema.safeParse({ list: { next: { next: 1 } } }).success).toBe(false);
    expect(toJsonSchema(recursive)).toMatchObject({
      properties: { list: { $ref: '#/$defs/List' } },
      $defs: { List: { properties: { next: { anyOf: [{ $ref: '#/$defs/List' }, { type: 'null' }] } } } },
    });
    expect(() => toZod(signature({ a: { kind: 'ref', name: 'Gone' } }))).toThrow("no definition 'Gone'");
  });

  it('gives a JSON Schema for every shape', () => {
    const all: Readonly<Record<string, Shape>> = {
      date: { kind: 'date' },
      nothing: { kind: 'undefined' },
      never: { kind: 'never' },
      any: { kind: 'unknown' },
      choice: union(literal('a'), literal(1), { kind: 'null' }),
      map: { kind: 'object', properties: [], index: number },
    };
    expect(toJsonSchema(signature(all))).toMatchObject({
      properties: {
        date: {
          anyOf: [
            { type: 'string', format: 'date-time' },
            { type: 'string', format: 'date' },
          ],
        },
        choice: { anyOf: [{ type: 'null' }, { enum: ['a', 1] }] },
        map: { type: 'object', additionalProperties: { type: 'number' } },
      },
    });
  });
});
