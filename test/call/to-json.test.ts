import { describe, expect, test } from 'vitest';
import { isApiError } from '../../src/contract/api-error.ts';
import { toJsonText } from '../../src/contract/to-json.ts';

class Point {
  readonly x = 1;
  readonly y = undefined;
  readonly #hidden = 2;
  get sum(): number {
    return this.x + this.#hidden;
  }
}

const shared = { n: 1 };
const at = new Date('2026-01-02T03:04:05.006Z');

describe('a result as JSON', () => {
  test.each<[name: string, value: unknown, json: string]>([
    ['undefined', undefined, 'null'],
    ['null', null, 'null'],
    ['a string', 'a"b\u2028', '"a\\"b\u2028"'],
    ['a lone surrogate', '\ud800', '"\\ud800"'],
    ['a number', -0.5, '-0.5'],
    ['a boolean', false, 'false'],
    ['an array with undefined and a hole', Object.assign([1, undefined], { 3: 2 }), '[1,null,null,2]'],
    ['the same, where something is converted', Object.assign([1n, undefined], { 3: 2 }), '["1",null,null,2]'],
    ['an object with undefined', { a: undefined, b: 1 }, '{"b":1}'],
    ['the same, where something is converted', { a: undefined, b: 1n }, '{"b":"1"}'],
    ['a Date', at, '"2026-01-02T03:04:05.006Z"'],
    ['a Date inside', { at: [at] }, '{"at":["2026-01-02T03:04:05.006Z"]}'],
    ['a bigint', 2n ** 64n, '"18446744073709551616"'],
    [
      'a Map',
      new Map<unknown, unknown>([
        ['a', 1n],
        [{ k: 1 }, at],
      ]),
      '[["a","1"],[{"k":1},"2026-01-02T03:04:05.006Z"]]',
    ],
    ['a Set', new Set([1, new Set(['x'])]), '[1,["x"]]'],
    ['a Buffer', Buffer.from('hello'), '"aGVsbG8="'],
    ['a view of a part', new Uint8Array([1, 2, 3, 4]).subarray(1, 3), '"AgM="'],
    ['a DataView', new DataView(new ArrayBuffer(2)), '"AAA="'],
    ['an ArrayBuffer', new Uint8Array([255]).buffer, '"/w=="'],
    ['a class instance', new Point(), '{"x":1}'],
    ['an object without prototype', Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    [
      'toJSON',
      { u: new URL('http://x/y'), t: { toJSON: (key: string) => [key, 1n] } },
      '{"u":"http://x/y","t":["t","1"]}',
    ],
    ['an Error', { e: new RangeError('too far') }, '{"e":{"name":"RangeError","message":"too far"}}'],
    ['boxed values', [new String('s'), new Number(1), new Boolean(false)], '["s",1,false]'],
    ['a shared reference', { a: shared, b: [shared], c: 1n }, '{"a":{"n":1},"b":[{"n":1}],"c":"1"}'],
    ['an own __proto__', JSON.parse('{"__proto__":{"a":1}}'), '{"__proto__":{"a":1}}'],
    [
      'the same, where something is converted',
      [JSON.parse('{"__proto__":{"a":1}}'), 1n],
      '[{"__proto__":{"a":1}},"1"]',
    ],
    ['symbol keys', { [Symbol('s')]: 1, a: 1 }, '{"a":1}'],
  ])('%s', (_, value, json) => {
    expect(toJsonText(value)).toBe(json);
  });

  test('leaves what it was given alone', () => {
    const value = { list: [1n], map: new Map([['a', at]]) };
    toJsonText(value);
    expect(value).toEqual({ list: [1n], map: new Map([['a', at]]) });
  });
});

const cycle: Record<string, unknown> = { a: { b: {} } };
(cycle['a'] as Record<string, unknown>)['b'] = { back: cycle['a'] };
const ownCycle: unknown[] = [];
ownCycle.push(ownCycle);

function nest(depth: number, leaf: unknown): unknown {
  let value = leaf;
  for (let level = 0; level < depth; level++) value = { in: value };
  return value;
}

describe('what JSON cannot represent is told with its path', () => {
  test.each<[value: unknown, message: string]>([
    [Number.NaN, 'data is NaN, which JSON cannot represent'],
    [{ items: [0, 1, 2, { price: Number.NaN }] }, 'data.items[3].price is NaN, which JSON cannot represent'],
    [[Number.POSITIVE_INFINITY], 'data[0] is Infinity, which JSON cannot represent'],
    [{ 'a b': { 'c-d': -Infinity } }, 'data["a b"]["c-d"] is -Infinity, which JSON cannot represent'],
    [{ when: new Date(Number.NaN) }, 'data.when is an invalid Date, which JSON cannot represent'],
    [{ f: () => 1 }, 'data.f is a function, which JSON cannot represent'],
    [Point, 'data is a function, which JSON cannot represent'],
    [[Symbol('x')], 'data[0] is a symbol, which JSON cannot represent'],
    [
      { user: Promise.resolve(1) },
      'data.user is a promise (is an `await` missing?), which JSON cannot represent',
    ],
    [new Map([['k', Number.NaN]]), 'data[0][1] is NaN, which JSON cannot represent'],
    [new Set([() => 1]), 'data[0] is a function, which JSON cannot represent'],
    [{ t: { toJSON: () => ({ n: Number.NaN }) } }, 'data.t.n is NaN, which JSON cannot represent'],
    [cycle, 'data.a.b.back refers back to data.a, which JSON cannot represent'],
    [ownCycle, 'data[0] refers back to data, which JSON cannot represent'],
  ])('case %#', (value, message) => {
    expect(() => toJsonText(value)).toThrow(
      expect.toSatisfy(
        (error: unknown) => isApiError(error) && error.code === 'INTERNAL_ERROR' && error.message === message,
      ),
    );
  });

  test('depth has a limit, well before the stack ends', () => {
    expect(toJsonText(nest(1000, 1))).toContain('"in":1}');
    expect(toJsonText(nest(999, 1n))).toContain('"in":"1"}');
    for (const depth of [1001, 200_000]) {
      expect(() => toJsonText(nest(depth, 1))).toThrow(/^data\.in\.in.*….*is nested deeper than 1000 levels/);
    }
  });

  test('an endless toJSON is too deep as well', () => {
    const endless = (): object => ({ toJSON: endless });
    expect(() => toJsonText(endless())).toThrow(/nested deeper than 1000 levels/);
  });
});
