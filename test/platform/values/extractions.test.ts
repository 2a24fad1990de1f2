import { describe, expect, test } from 'vitest';
import type { Extraction } from '../../../apis/_platform/model/checks.ts';
import { compileExtraction, extract } from '../../../apis/_platform/values/extract.ts';
import { Resolver } from '../../../apis/_platform/values/resolver.ts';
import { answer } from './exchange.ts';
import { layers } from './resolve.ts';

const given = answer({
  status: 201,
  headers: [
    ['Location', '/orders/7'],
    ['Set-Cookie', 'sid=first; Path=/'],
    ['set-cookie', 'sid=a=b; HttpOnly'],
  ],
  body: JSON.stringify({ id: 7, list: [{ n: 1 }, { n: null }], token: 'abc-123' }),
});

function take(extraction: Omit<Extraction, 'name'>, from = given) {
  return extract(compileExtraction({ name: 'x', ...extraction }, 'scenario'), from, {
    cookie: (name) => (name === 'kept' ? 'jar' : undefined),
    resolver: new Resolver(layers({ project: { fallback: 5 } })),
  });
}

describe('extractions', () => {
  test.each<[Omit<Extraction, 'name'>, unknown]>([
    [{ from: 'status' }, 201],
    [{ from: 'header', path: 'location' }, '/orders/7'],
    [{ from: 'cookie', path: 'sid' }, 'a=b'],
    [{ from: 'cookie', path: 'kept' }, 'jar'],
    [{ from: 'jsonPath', path: '$.id' }, 7],
    [{ from: 'jsonPath', path: '$.list[1].n' }, null],
    [{ from: 'jsonPath', path: '$.list[*].n' }, [1, null]],
    [{ from: 'jsonPath', path: '$.list[0]' }, { n: 1 }],
    [{ from: 'regex', path: '"token":"([^"]+)"' }, 'abc-123'],
    [{ from: 'regex', path: 'abc-\\d' }, 'abc-1'],
    [{ from: 'body' }, given.text],
    [{ from: 'jsonPath', path: '$.none', default: 'other' }, 'other'],
    [{ from: 'header', path: 'x-none', default: '{{fallback}}' }, 5],
    [{ from: 'jsonPath', path: '$.none', default: null }, null],
  ])('%j', (extraction, value) => {
    expect(take(extraction)).toEqual({ value });
  });

  test('what finds nothing says where it looked', () => {
    expect(take({ from: 'jsonPath', path: '$.none' })).toEqual({
      message: 'jsonPath $.none: nothing was found',
    });
    expect(take({ from: 'cookie', path: 'no' })).toEqual({ message: 'cookie no: nothing was found' });
    expect(take({ from: 'jsonPath', path: '$.a' }, answer({ body: 'oops' }))).toEqual({
      message: expect.stringContaining('jsonPath $.a: the body is not JSON') as string,
    });
    const slow = take({ from: 'regex', path: '(a+)+b' }, answer({ body: 'a'.repeat(60) }));
    expect(slow).toEqual({ message: expect.stringContaining('took longer than') as string });
  });

  test('what cannot be read is refused', () => {
    expect(() => take({ from: 'jsonPath', path: '$.[' })).toThrow('is no JSONPath');
    expect(() => take({ from: 'regex', path: '(' })).toThrow('is no regular expression');
    expect(() => take({ from: 'header' })).toThrow(
      'The extraction "x" needs the name of a header as its path.',
    );
  });
});
