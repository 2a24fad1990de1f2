import { describe, expect, it } from 'vitest';
import type { ObjectShape, Shape } from '../../src/contract/signature.ts';
import { toZod } from '../../src/signatures/to-zod.ts';
import { refused, refuses, takes } from './expect-outcome.ts';
import {
  array,
  literal,
  makeSignature,
  number,
  object,
  outcome,
  property,
  ref,
  string,
  union,
  type Shapes,
} from './make-signature.ts';

describe('objects', () => {
  it('are strict at every depth', () => {
    const shape = object({ a: object({ 'b?': object({}) }) });
    takes(shape, { a: {} }, { a: { b: {} } });
    expect(outcome(shape, { a: { b: { c: 1 } }, other: 2 })).toEqual([
      "v.a.b.c | unknown_key | unknown property 'c'; none is expected",
      "v.other | unknown_key | unknown property 'other'; expected 'a'",
    ]);
    refuses(shape, { a: { b: null } }, { a: [] }, { a: undefined });
  });

  it('have properties named like methods of every object', () => {
    const names = { toString: string, valueOf: string, 'hasOwnProperty?': string, 'isPrototypeOf?': number };
    const signature = makeSignature(names);
    expect(toZod(signature).safeParse({ toString: 'a', valueOf: 'b' }).data).toEqual({
      toString: 'a',
      valueOf: 'b',
    });
    expect(outcome(object(names), {})).toEqual([
      'v.toString | required | required: expected string, got nothing',
      'v.valueOf | required | required: expected string, got nothing',
    ]);
    const parsed = toZod(makeSignature({ o: object({ 'toString?': string }) })).parse({ o: {} });
    expect(Object.keys(parsed['o'] as object)).toEqual([]);
    const either = union(object({ kind: literal('a'), toString: number }), object({ kind: literal('b') }));
    takes(either, { kind: 'b' }, { kind: 'a', toString: 1 });
    refuses(either, { kind: 'a' }, null);
  });

  it('have index signatures', () => {
    const shape: Shape = {
      kind: 'object',
      properties: [property('name', string), property('x-known', { kind: 'date' })],
      index: [
        { pattern: '^x-', value: number },
        { pattern: '-y$', value: { kind: 'number', minimum: 5 } },
      ],
    };
    expect(outcome(shape, { name: 'a', 'x-known': '2030-01-01', 'x-1': 1, 'x-y': 7 })).toEqual({
      name: 'a',
      'x-known': new Date('2030-01-01'),
      'x-1': 1,
      'x-y': 7,
    });
    expect(outcome(shape, { 'x-known': 1, 'x-1': 'a', 'x-y': 1, other: 1 })).toEqual([
      'v.name | required | required: expected string, got nothing',
      "v.x-known | invalid_date | expected a date such as '2030-12-31T23:59:59Z' or '2030-12-31', got '1'",
      `v.x-1 | invalid_type | expected number, got '"a"'`,
      "v.x-y | too_small | expected a number of at least 5, got '1'",
      "v.other | unknown_key | unknown property 'other'; expected 'name', 'x-known', names that match /^x-/, names that match /-y$/",
    ]);
    refuses(shape, [], null, 'a');
    const others: Shape = {
      kind: 'object',
      properties: [property('n', number)],
      index: [{ value: { kind: 'date' } }],
    };
    expect(outcome(others, { n: 1, at: '2030-01-01' })).toEqual({ n: 1, at: new Date('2030-01-01') });
    const fallback: Shape = {
      kind: 'object',
      properties: [],
      index: [{ pattern: '^\\d+$', value: number }, { value: string }],
    };
    takes(fallback, { 1: 2, a: 'b' });
    refuses(fallback, { 1: 'a' }, { a: 1 });
  });

  it('can be anything', () => {
    takes({ kind: 'anyObject' }, {}, { a: [1] }, []);
    refuses({ kind: 'anyObject' }, null, 'a', 1, true);
  });
});

describe('unions', () => {
  it('are tried in a sensible order', () => {
    expect(outcome(union(string, { kind: 'date' }), '2030-01-01')).toEqual(new Date('2030-01-01'));
    expect(outcome(union(string, { kind: 'url' }), 'https://a.b/')).toEqual(new URL('https://a.b/'));
    expect(outcome(union({ kind: 'bytes' }, string), 'abcd')).toBe('abcd');
    expect(outcome(union({ kind: 'bigint' }, number), 5)).toBe(5);
    expect(outcome(union({ kind: 'bigint' }, number), '5')).toBe(5n);
    expect(outcome(union({ kind: 'bigint' }, literal('5')), '5')).toBe('5');
    expect(
      outcome(union({ kind: 'anyObject' }, object({ at: { kind: 'date' } })), { at: '2030-01-01' }),
    ).toEqual({ at: new Date('2030-01-01') });
  });

  it('name the branch that is meant', () => {
    const circle = object({ kind: literal('circle'), radius: number });
    const square = object({ kind: union(literal('square'), literal('box')), side: number });
    const definitions: Shapes = {
      Circle: circle,
      Square: square,
      Figure: union(ref('Circle'), ref('Square')),
    };
    for (const shape of [
      union(circle, square),
      { ...union(ref('Circle'), ref('Square')), discriminator: 'kind' },
      ref('Figure'),
    ]) {
      expect(outcome(shape as Shape, { kind: 'box', side: 1 }, definitions)).toEqual({
        kind: 'box',
        side: 1,
      });
      expect(outcome(shape as Shape, { kind: 'circle', radius: 'x' }, definitions)).toEqual(
        refused(`expected number, got '"x"'`, 'invalid_type', 'v.radius'),
      );
      expect(outcome(shape as Shape, { kind: 'x' }, definitions)).toEqual(
        refused(`expected kind to be 'circle' or 'square' or 'box', got '"x"'`, 'invalid_value', 'v.kind'),
      );
      expect(outcome(shape as Shape, 5, definitions)).toEqual(
        refused("expected object, got '5'", 'invalid_type'),
      );
    }
    expect(outcome(union(ref('Figure'), { kind: 'null' }), { kind: 'circle' }, definitions)).toEqual(
      refused('required: expected number, got nothing', 'required', 'v.radius'),
    );
    expect(outcome(union(ref('Figure'), { kind: 'null' }), null, definitions)).toBe(null);
  });

  it('list enumerations once', () => {
    const definitions: Shapes = { Color: union(literal('red'), literal('blue')) };
    expect(outcome(union(ref('Color'), literal('red'), { kind: 'null' }), 'x', definitions)).toEqual(
      refused(`expected 'red' | 'blue' | null, got '"x"'`, 'invalid_union'),
    );
    const many = union(...Array.from({ length: 300 }, (_, n) => literal(`value ${n}`)));
    expect(outcome(many, 'x')).toEqual([expect.stringContaining("'value 19' | … 280 more")]);
  });

  it('choose the nearest of members without a tag', () => {
    const shape = union(
      object({ a: number, b: number }),
      object({ c: string }),
      array(number),
      array(string),
    );
    expect(outcome(shape, { c: 1 })).toEqual(refused("expected string, got '1'", 'invalid_type', 'v.c'));
    takes(shape, [1], ['a'], { c: '' });
    refuses(shape, [1, 'a'], { a: 1 }, {}, null);
  });
});

describe('definitions', () => {
  it('refer to themselves and each other', () => {
    const definitions: Shapes = {
      Tree: object({ value: number, kids: array(ref('Tree')), 'owner?': ref('Person') }),
      Person: object({ name: string, 'tree?': union(ref('Tree'), { kind: 'null' }) }),
    };
    const good = { value: 1, kids: [{ value: 2, kids: [], owner: { name: 'a', tree: null } }] };
    expect(outcome(ref('Tree'), good, definitions)).toEqual(good);
    expect(
      outcome(
        ref('Tree'),
        { value: 1, kids: [{ value: 2, kids: [], owner: { name: 'a', tree: { value: 'x', kids: [] } } }] },
        definitions,
      ),
    ).toEqual(refused(`expected number, got '"x"'`, 'invalid_type', 'v.kids[0].owner.tree.value'));
  });

  it('must be there, and mean something', () => {
    expect(() => toZod(makeSignature({ a: ref('Gone') }))).toThrow("no definition 'Gone'");
    expect(() => toZod(makeSignature({ a: ref('toString') }))).toThrow("no definition 'toString'");
    expect(() => toZod(makeSignature({ a: ref('A') }, { A: array(ref('Gone')) }))).toThrow(
      "no definition 'Gone'",
    );
    expect(() => toZod(makeSignature({ a: ref('A') }, { A: ref('B'), B: ref('A') }))).toThrow(
      'refers to nothing but itself',
    );
  });

  it('take deep values', () => {
    let deep: unknown = null;
    for (let n = 0; n < 500; n += 1) deep = { next: deep };
    const definitions: Shapes = { List: object({ next: union(ref('List'), { kind: 'null' }) }) };
    expect(outcome(ref('List'), deep, definitions)).toEqual(deep);
  });

  it.each<[string, (inner: Shape) => Shape, (inner: unknown) => unknown]>([
    ['properties', (inner) => object({ left: inner }), (inner) => ({ left: inner })],
    ['lists', (inner) => object({ left: array(inner) }), (inner) => ({ left: [inner] })],
    ['sets', (inner) => object({ left: { kind: 'set', element: inner } }), (inner) => ({ left: [inner] })],
    [
      'keys with a pattern',
      (inner) => ({ kind: 'object', properties: [], index: [{ pattern: '^x', value: inner }] }),
      (inner) => ({ x: inner }),
    ],
    [
      'methods of every object',
      (inner) => object({ left: inner, 'toString?': number }),
      (inner) => ({ left: inner }),
    ],
  ])('take no longer where members of a recursive union overlap: %s', (_name, toShape, toValue) => {
    const one = toShape(ref('Node')) as ObjectShape;
    const other: Shape = { ...one, properties: [...one.properties, property('y', number, true)] };
    const definitions: Shapes = { Node: union(one, other, { kind: 'null' }) };
    // Trying each member at each level would take 2 ** 60 steps.
    const deep = (innermost: unknown): unknown => {
      let value = innermost;
      for (let n = 0; n < 60; n += 1) value = toValue(value);
      return value;
    };
    expect(outcome(ref('Node'), deep(5), definitions)).toEqual([
      expect.stringMatching(/invalid_union \| expected object \| null, got '5'$/),
    ]);
    expect(outcome(ref('Node'), deep(null), definitions)).not.toEqual([expect.stringContaining('expected')]);
  });

  it('read what they make once', () => {
    const index = [{ pattern: '^at', value: { kind: 'date' } as const }];
    const one: Shape = { kind: 'object', properties: [property('left', ref('Node'), true)], index };
    const other: Shape = { ...one, properties: [...one.properties, property('y', number)] };
    const definitions: Shapes = { Node: union(one, other) };
    expect(outcome(ref('Node'), { left: { at1: '2030-01-01' }, y: 1 }, definitions)).toEqual({
      left: { at1: new Date('2030-01-01') },
      y: 1,
    });
  });

  it('forget what they saw in an object that changed', () => {
    const definitions: Shapes = { Node: object({ a: number, 'toString?': number }) };
    const schema = toZod(makeSignature({ v: ref('Node') }, definitions));
    const body: { v: Record<string, unknown> } = { v: { a: 1 } };
    expect(schema.parse(body)).toEqual({ v: { a: 1 } });
    body.v['a'] = 2;
    expect(schema.parse(body)).toEqual({ v: { a: 2 } });
    body.v['a'] = 'x';
    expect(schema.safeParse(body).success).toBe(false);
  });
});

describe('the body', () => {
  it('takes no coerced and no infinite values', () => {
    const schema = toZod(makeSignature({ n: number }));
    for (const n of ['1', Infinity, NaN, true, null]) expect(schema.safeParse({ n }).success).toBe(false);
    expect(schema.safeParse([]).success).toBe(false);
  });

  it('leaves out what was left out', () => {
    const schema = toZod({
      ...makeSignature({}),
      parameters: [{ ...property('a', string, true), rest: false, defaultValue: 'x' }],
    });
    expect(schema.parse({})).toEqual({});
    expect(schema.safeParse({ a: null }).success).toBe(false);
  });
});
