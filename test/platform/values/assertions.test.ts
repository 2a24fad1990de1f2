import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Assertion, Operator } from '../../../apis/_platform/model/checks.ts';
import type { Json } from '../../../apis/_platform/model/json.ts';
import { compileAssertion, type Verdict } from '../../../apis/_platform/values/assert.ts';
import { deepEqual } from '../../../apis/_platform/values/deep-equal.ts';
import { SchemaCompiler } from '../../../apis/_platform/values/json-schema.ts';
import { PatternCache } from '../../../apis/_platform/values/operators.ts';
import { Resolver } from '../../../apis/_platform/values/resolver.ts';
import { answer, type Given } from './exchange.ts';
import { layers } from './resolve.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
console.log(`assertions: SEED=${seed}`);
const schemas = new SchemaCompiler();
const patterns = new PatternCache();
const resolver = new Resolver(layers({ dataset: { code: '200', id: 7, kind: 'book' } }));

function check(assertion: Assertion, given: Given = order, verdict: Verdict = { data: true }) {
  const context = { schemas, patterns, resolver, call: async () => verdict };
  return compileAssertion(assertion).evaluate(answer(given), context);
}

const order: Given = {
  status: 200,
  headers: [
    ['Content-Type', 'application/json'],
    ['X-Tag', 'a'],
    ['x-tag', 'b'],
    ['X-Count', '12'],
  ],
  body: JSON.stringify({
    id: 7,
    kind: 'book',
    items: [{ n: 1 }, { n: 2 }],
    none: null,
    when: '2024-05-01',
    o: { a: 1 },
  }),
  time: 12.5,
  certificateDays: 40,
};
const body = (operator: Operator, path: string, expected?: Json): Assertion => ({
  on: 'jsonPath',
  path,
  operator,
  ...(expected === undefined ? {} : { expected }),
});

describe('assertions that hold', () => {
  test.each<Assertion>([
    { on: 'status', operator: 'equals', expected: 200 },
    { on: 'status', operator: 'equals', expected: '{{code}}' },
    { on: 'status', operator: 'in', expected: [200, 201] },
    { on: 'status', operator: 'less', expected: 300 },
    { on: 'status', operator: 'notEquals', expected: 500 },
    { on: 'header', header: 'content-type', operator: 'contains', expected: 'json' },
    { on: 'header', header: 'X-Tag', operator: 'equals', expected: 'a, b' },
    { on: 'header', header: 'x-count', operator: 'equals', expected: 12 },
    { on: 'header', header: 'x-count', operator: 'greater', expected: 9 },
    { on: 'header', header: 'x-none', operator: 'notExists' },
    { on: 'header', header: 'x-tag', operator: 'exists' },
    { on: 'body', operator: 'contains', expected: '"kind":"book"' },
    { on: 'body', operator: 'matches', expected: '/BOOK/i' },
    { on: 'body', operator: 'exists' },
    { on: 'body', operator: 'contains', expected: { id: 7 } },
    { on: 'body', operator: 'schema', expected: { type: 'object', required: ['id'] } },
    { on: 'time', operator: 'lessOrEqual', expected: 12.5 },
    { on: 'size', operator: 'greater', expected: 50 },
    { on: 'certificateDays', operator: 'greaterOrEqual', expected: 40 },
    body('equals', '$.id', '{{id}}'),
    body('equals', '$.items', [{ n: 1 }, { n: 2 }]),
    body('equals', '$.none', null),
    body('equals', '$.items[*].n', [1, 2]),
    body('contains', '$.items', { n: 2 }),
    body('contains', '$.o', 'a'),
    body('notContains', '$.kind', 'x'),
    body('matches', '$.kind', '^b.+k$'),
    body('length', '$.items', 2),
    body('length', '$.kind', 4),
    body('length', '$.o', 1),
    body('type', '$.id', 'integer'),
    body('type', '$.id', 'number'),
    body('type', '$.none', 'null'),
    body('type', '$.items', 'array'),
    body('exists', '$.none'),
    body('notExists', '$.x'),
    body('notExists', '$..x'),
    body('greater', '$.when', '2024-04-30'),
    body('in', '$.kind', ['book', 'film']),
    body('schema', '$.items', { type: 'array', items: { required: ['n'] } }),
  ])('%j', async (assertion) => {
    expect(await check(assertion)).toMatchObject({ status: 'passed' });
  });
});

describe('assertions that do not hold say why', () => {
  test.each<[Assertion, string]>([
    [{ on: 'status', operator: 'equals', expected: 404 }, 'status: expected 404, got 200'],
    [
      { on: 'header', header: 'x-none', operator: 'notEquals', expected: 'a' },
      'header x-none: nothing was found',
    ],
    [
      { on: 'certificateDays', operator: 'greater', expected: 50 },
      'certificateDays: expected more than 50, got 40',
    ],
    [body('equals', '$.id', '7'), '$.id: expected "7", got 7'],
    [body('equals', '$.x', 1), '$.x: nothing was found'],
    [body('notExists', '$.id'), '$.id: found 7'],
    [body('length', '$.items', 3), '$.items: expected length 3, got 2: [{"n":1},{"n":2}]'],
    [body('length', '$.id', 3), '$.id: expected length 3, but 7 has no length'],
    [body('type', '$.id', 'string'), '$.id: expected type string, got number: 7'],
    [body('in', '$.id', [1, 2]), '$.id: expected one of [1,2], got 7'],
    [
      body('less', '$.items', 3),
      '$.items: expected less than 3, but [{"n":1},{"n":2}] cannot be compared with it',
    ],
    [body('matches', '$.kind', '^x'), '$.kind: expected a match of ^x, got "book"'],
    [body('notContains', '$.items', { n: 1 }), '$.items: expected no {"n":1} in [{"n":1},{"n":2}]'],
    [
      body('schema', '$.items[0]', { required: ['id'] }),
      `$.items[0]: the value must have required property 'id' ("id")`,
    ],
  ])('%j', async (assertion, message) => {
    expect(await check(assertion)).toMatchObject({ status: 'failed', message });
  });

  test('a body that is no JSON, and none at all', async () => {
    expect(await check(body('equals', '$.a', 1), { body: '<html>' })).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('$.a: the body is not JSON') as string,
    });
    expect(await check(body('notExists', '$.a'), { body: '<html>' })).toMatchObject({ status: 'failed' });
    expect(await check(body('notExists', '$.a'), { body: '' })).toMatchObject({ status: 'passed' });
  });

  test('expected and actual are kept, long ones cut', async () => {
    const result = await check({ on: 'body', operator: 'equals', expected: 'x' }, { body: 'y'.repeat(5000) });
    expect(result).toMatchObject({ expected: 'x' });
    expect((result as { actual: string }).actual).toHaveLength(1001);
  });
});

describe('what cannot be judged is an error', () => {
  test.each<[Assertion, string]>([
    [body('equals', '$.[', 1), 'is no JSONPath'],
    [body('matches', '$.kind', '('), '"(" is no regular expression'],
    [body('equals', '$.id', '{{nme}}'), 'There is no variable "nme"'],
    [body('equals', '$.id'), 'needs an expected value'],
    [body('in', '$.id', 7), 'needs a list'],
    [body('type', '$.id', 'int'), 'needs one of string, number'],
    [body('schema', '$.id', { type: 'nothing' }), 'cannot be used'],
    [body('schema', '$.id', { $schema: 'http://example.com/mine' }), 'is not known'],
    [body('schema', '$.id', { $ref: 'other.json' }), 'cannot be used'],
  ])('%j', async (assertion, message) => {
    expect(await check(assertion)).toMatchObject({
      status: 'error',
      message: expect.stringContaining(message) as string,
    });
  });

  test('a pattern that backtracks for ever', async () => {
    const evil = { body: `"${'a'.repeat(60)}!"` };
    for (const assertion of [
      body('matches', '$', '^(a+)+$'),
      body('matches', '$', '^(a|a)*$'),
      body('schema', '$', { pattern: '^(a|aa)+$' }),
    ]) {
      expect(await check(assertion, evil)).toMatchObject({
        status: 'error',
        message: expect.stringContaining('took longer than 1000 ms') as string,
      });
    }
  });
});

describe('JSON Schema drafts', () => {
  test.each<[string, Json, Json, Json]>([
    [
      'draft-04',
      { $schema: 'http://json-schema.org/draft-04/schema#', minimum: 1, exclusiveMinimum: true },
      2,
      1,
    ],
    ['draft-06', { $schema: 'http://json-schema.org/draft-06/schema#', exclusiveMinimum: 1 }, 2, 1],
    [
      'draft-07',
      { $schema: 'http://json-schema.org/draft-07/schema#', if: { type: 'string' }, then: { minLength: 2 } },
      'ab',
      'a',
    ],
    [
      '2019-09',
      { $schema: 'https://json-schema.org/draft/2019-09/schema', dependentRequired: { a: ['b'] } },
      { a: 1, b: 1 },
      { a: 1 },
    ],
    [
      '2020-12',
      { $schema: 'https://json-schema.org/draft/2020-12/schema', prefixItems: [{ type: 'string' }] },
      ['a'],
      [1],
    ],
    ['2020-12 by default, with formats', { format: 'email' }, 'a@b.co', 'ab'],
    ['own references', { $defs: { n: { type: 'number' } }, items: { $ref: '#/$defs/n' } }, [1], ['1']],
    ['an $id', { $id: 'https://example.com/thing', type: 'number' }, 1, '1'],
  ])('%s', (_, schema, good, bad) => {
    // Twice, so that nothing of the first time is in the way.
    for (const compiler of [new SchemaCompiler(), schemas, schemas]) {
      const copy = structuredClone(schema);
      expect(compiler.compile(copy)(good)).toEqual([]);
      expect(compiler.compile(copy)(bad)).not.toEqual([]);
    }
  });
});

describe('own functions as judges', () => {
  const call: Assertion = { on: 'call', call: '/checks/isValidOrder', arguments: { id: '{{id}}' } };

  test('get the answer and their arguments', async () => {
    let got: unknown;
    await compileAssertion(call).evaluate(answer(order), {
      schemas,
      patterns,
      resolver,
      call: async (endpoint, given) => {
        got = [endpoint, given];
        return { data: true };
      },
    });
    expect(got).toMatchObject([
      '/checks/isValidOrder',
      {
        id: 7,
        response: {
          status: 200,
          time: 12.5,
          headers: { 'x-tag': 'a, b' },
          json: { id: 7 },
          body: order.body,
        },
      },
    ]);
  });

  test.each<[Verdict, string, string | undefined]>([
    [{ data: true }, 'passed', undefined],
    [{ data: undefined }, 'passed', undefined],
    [{ data: { passed: true } }, 'passed', undefined],
    [{ data: false }, 'failed', '/checks/isValidOrder says no'],
    [{ data: { passed: false, message: 'no lines' } }, 'failed', '/checks/isValidOrder: no lines'],
    [
      { data: 'yes' },
      'error',
      '/checks/isValidOrder is to return true, false, nothing or {passed, message}, got "yes"',
    ],
    [{ code: 'INTERNAL_ERROR', error: 'boom' }, 'failed', '/checks/isValidOrder: boom (INTERNAL_ERROR)'],
    [
      { code: 'ENDPOINT_NOT_FOUND', error: 'none' },
      'error',
      '/checks/isValidOrder: none (ENDPOINT_NOT_FOUND)',
    ],
  ])('%j is %s', async (verdict, status, message) => {
    expect(await check(call, order, verdict)).toMatchObject({ status, ...(message ? { message } : {}) });
  });
});

test('equality is that of JSON', () => {
  const json = fc.jsonValue() as fc.Arbitrary<Json>;
  /** One text for all values that are equal: names in order, no -0. */
  const canonical = (value: Json): string => {
    if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
    if (value === null || typeof value !== 'object') return JSON.stringify(value === 0 ? 0 : value);
    const names = Object.keys(value).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name] ?? null)}`).join()}}`;
  };
  fc.assert(
    fc.property(json, json, (a, b) => {
      expect(deepEqual(a, structuredClone(a))).toBe(true);
      expect(deepEqual(a, b)).toBe(deepEqual(b, a));
      expect(deepEqual(a, b)).toBe(canonical(a) === canonical(b));
    }),
    { seed, numRuns: 1000 },
  );
});
