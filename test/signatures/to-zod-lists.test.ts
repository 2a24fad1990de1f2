import { describe, expect, it } from 'vitest';
import type { Shape } from '../../src/contract/signature.ts';
import { refused, refuses, takes } from './expect-outcome.ts';
import { array, number, object, outcome, string, union } from './make-signature.ts';

describe('rich values', () => {
  it('are dates', () => {
    expect(outcome({ kind: 'date' }, '2030-12-31')).toEqual(new Date('2030-12-31T00:00:00Z'));
    expect(outcome({ kind: 'date' }, '2030-12-31T00:00:00.5+01:00')).toEqual(
      new Date('2030-12-30T23:00:00.500Z'),
    );
    refuses({ kind: 'date' }, '2030-02-30', '2030-12-31T23:59:60Z', 0, '31.12.2030');
  });

  it('are URLs', () => {
    expect(outcome({ kind: 'url' }, 'https://example.com/a?filter[b]=c|d')).toEqual(
      new URL('https://example.com/a?filter[b]=c|d'),
    );
    expect(outcome({ kind: 'url' }, 'https://例え.jp/ä')).toBeInstanceOf(URL);
    refuses(
      { kind: 'url' },
      '/a',
      'example.com',
      ' https://a.b',
      'https://a.b\n',
      'https://a b',
      'http://',
      'http://a:99999',
      5,
    );
  });

  it('are bytes', () => {
    expect(outcome({ kind: 'bytes' }, 'aGk=')).toEqual(Buffer.from('hi'));
    expect(outcome({ kind: 'bytes' }, '')).toEqual(Buffer.alloc(0));
    const large = Buffer.alloc(3_000_000, 7);
    expect(large.equals(outcome({ kind: 'bytes' }, large.toString('base64')) as Buffer)).toBe(true);
    refuses({ kind: 'bytes' }, 'aGk', 'aGk=\n', 'a-_=', '====', 'aG=k', 'aGk= ', [1]);
    expect(outcome({ kind: 'bytes' }, 'aGk')).toEqual(
      refused(`expected base64 text such as 'aGVsbG8=', got '"aGk"'`, 'invalid_base64'),
    );
  });

  it('are files', () => {
    const file = new File(['hi'], 'a.txt');
    expect(outcome({ kind: 'file' }, file)).toBe(file);
    expect(outcome(array({ kind: 'file' }), [file])).toEqual([file]);
    expect(outcome({ kind: 'file' }, 'hi')).toEqual(
      refused(
        `expected a file, sent as a part of this name in a multipart/form-data request, got '"hi"'`,
        'invalid_file',
      ),
    );
    expect(outcome({ kind: 'anyObject' }, file)).toEqual(
      refused('expected object | array, got a file', 'invalid_type'),
    );
    expect(outcome({ kind: 'string' }, file)).toEqual(refused('expected string, got a file', 'invalid_type'));
  });
});

describe('lists', () => {
  it('have a size', () => {
    const shape: Shape = { kind: 'array', element: number, minItems: 1, maxItems: 2 };
    takes(shape, [1], [1, 2]);
    expect(outcome(shape, [])).toEqual(refused('expected at least 1 element, got 0', 'too_small'));
    expect(outcome(shape, [1, 2, 3])).toEqual(refused('expected at most 2 elements, got 3', 'too_big'));
  });

  it('are unique where they should be, and tell everything that is wrong', () => {
    const shape: Shape = {
      kind: 'array',
      element: union(object({ 'a?': number, 'b?': array(number) }), number),
      uniqueItems: true,
    };
    takes(shape, [1, 2], [{ a: 1 }, { a: 2 }], [{ b: [1, 2] }, { b: [2, 1] }], [0, { a: 0 }]);
    expect(outcome(shape, [{ a: 1, b: [] }, 5, { b: [], a: 1 }])).toEqual(
      refused(`expected an element other than that at [0], got '{"b":[],"a":1}'`, 'not_unique', 'v[2]'),
    );
    expect(outcome({ kind: 'array', element: number, uniqueItems: true }, [1, 'x', 1])).toEqual([
      `v[1] | invalid_type | expected number, got '"x"'`,
      "v[2] | not_unique | expected an element other than that at [0], got '1'",
    ]);
  });

  it('become sets', () => {
    expect(outcome({ kind: 'set', element: { kind: 'date' } }, ['2030-01-01', '2030-01-02'])).toEqual(
      new Set([new Date('2030-01-01'), new Date('2030-01-02')]),
    );
    expect(outcome({ kind: 'set', element: string }, ['a', 'b', 'a'])).toEqual(
      refused(`expected an element other than that at [0], got '"a"'`, 'not_unique', 'v[2]'),
    );
    refuses({ kind: 'set', element: { kind: 'date' } }, ['2030-01-01', '2030-01-01T00:00:00Z']);
    refuses({ kind: 'array', element: { kind: 'bigint' }, uniqueItems: true }, [7, '7']);
    refuses({ kind: 'set', element: string }, {}, 'a', ['a', 1]);
    refuses({ kind: 'set', element: object({}) }, [{ extra: 1 }]);
  });

  it('become maps', () => {
    expect(
      outcome({ kind: 'map', key: { kind: 'bigint' }, value: { kind: 'date' } }, [
        ['1', '2030-01-01'],
        [2, '2030-01-02'],
      ]),
    ).toEqual(
      new Map([
        [1n, new Date('2030-01-01')],
        [2n, new Date('2030-01-02')],
      ]),
    );
    expect(
      outcome({ kind: 'map', key: { kind: 'bigint' }, value: number }, [
        ['1', 1],
        [1, 2],
      ]),
    ).toEqual(refused("expected a key other than that at [0], got '1'", 'not_unique', 'v[1][0]'));
    const dates: Shape = { kind: 'map', key: object({ at: { kind: 'date' } }), value: number };
    refuses(dates, [
      [{ at: '2030-01-01' }, 1],
      [{ at: '2030-01-01T00:00:00Z' }, 2],
    ]);
    refuses(dates, { a: 1 }, [['a']], [[{ at: '2030-01-01' }, 1, 2]], 'x');
  });

  it('are tuples', () => {
    const tuple = (...elements: [Shape, ('optional' | 'rest')?][]): Shape => ({
      kind: 'tuple',
      elements: elements.map(([shape, what]) => ({
        shape,
        optional: what === 'optional',
        rest: what === 'rest',
      })),
    });
    takes(
      tuple([number], [string, 'optional'], [{ kind: 'boolean' }, 'rest']),
      [1],
      [1, 'a'],
      [1, 'a', true, false],
    );
    refuses(tuple([number], [string, 'optional']), [], [1, null], [1, 'a', 2], {});
    refuses(tuple([{ kind: 'unknown' }], [number, 'rest']), []);
    takes(tuple(), []);
    refuses(tuple(), [1]);
    expect(outcome(tuple([{ kind: 'date' }], [{ kind: 'bigint' }, 'rest']), ['2030-01-01', '1', 2])).toEqual([
      new Date('2030-01-01'),
      1n,
      2n,
    ]);
  });
});
