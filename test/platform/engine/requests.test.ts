import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RequestResult } from '../../../apis/_platform/model/result.ts';
import type { Transport } from '../../../apis/_platform/model/transport.ts';
import { plainTransport } from './plain-transport.ts';
import { echo, request, runPlan, seal } from './run-plan.ts';
import { startTarget, type Target } from './target.ts';

let target: Target;
let transport: Transport;
const ok = [{ on: 'status' as const, operator: 'equals' as const, expected: 200 }];

beforeAll(async () => {
  target = await startTarget();
  transport = plainTransport(target.url);
});
beforeEach(() => target.reset());
afterAll(async () => {
  await transport.close();
  await target.close();
});

describe('a request', () => {
  test('is sent with its values, and says where they came from', async () => {
    const { results, outcome } = await runPlan(transport, {
      requests: [
        request('{{baseUrl}}/users/:id/{part}?fixed=1#away', {
          api: 12,
          module: 3,
          variables: { own: 'mine' },
          assertions: ok,
          spec: {
            method: 'post',
            pathParams: [
              { name: 'id', value: '{{user.id}}' },
              { name: 'part', value: 'a/b c' },
            ],
            params: [
              { name: 'q', value: '{{word}} &' },
              { name: 'off', value: 'x', enabled: false },
            ],
            headers: [{ name: 'X-Own', value: '{{own}}' }],
            body: { type: 'json', value: { user: '{{user}}', list: ['{{user.id}}'] } },
            auth: { type: 'bearer', token: '{{word}}' },
          },
        }),
      ],
      variables: {
        environment: [{ name: 'baseUrl', value: `${target.url}/v{{version}}` }],
        project: [
          { name: 'version', value: 1 },
          { name: 'word', value: 'project' },
        ],
        modules: { 3: [{ name: 'word', value: 'module' }], 4: [{ name: 'word', value: 'other' }] },
        given: { user: { id: 7 } },
      },
    });
    expect(outcome).toMatchObject({ status: 'passed', counts: { passed: 1 }, iterations: 1 });
    const [result] = results;
    expect(result).toMatchObject({
      iteration: 0,
      path: 'requests[0]',
      api: 12,
      status: 'passed',
      attempts: 1,
    });
    expect(result?.assertions).toEqual([
      { name: 'status equals 200', status: 'passed', expected: 200, actual: 200 },
    ]);
    const seen = echo(result);
    expect(seen.url).toBe('/v1/users/7/a%2Fb%20c?fixed=1&q=module%20%26');
    expect(seen).toMatchObject({
      method: 'POST',
      body: '{"user":{"id":7},"list":[7]}',
      headers: { 'x-own': 'mine', 'content-type': 'application/json', authorization: 'Bearer module' },
    });
    expect(result?.variables).toEqual(
      expect.arrayContaining([
        { name: 'baseUrl', scope: 'environment', value: `${target.url}/v1` },
        { name: 'version', scope: 'project', value: 1 },
        { name: 'user', scope: 'scenario', value: { id: 7 } },
        { name: 'word', scope: 'module', value: 'module' },
        { name: 'own', scope: 'step', value: 'mine' },
      ]),
    );
  });

  test.each([
    [{ type: 'text' as const, text: 'n={{n}}', contentType: 'text/x' }, 'text/x', 'n=5'],
    [
      {
        type: 'form' as const,
        fields: [
          { name: 'a b', value: '{{n}}&' },
          { name: 'x', value: '', enabled: false },
        ],
      },
      'application/x-www-form-urlencoded',
      'a+b=5%26',
    ],
    [
      { type: 'graphql' as const, query: '{ me }', variables: { n: '{{n}}' } },
      'application/json',
      '{"query":"{ me }","variables":{"n":5}}',
    ],
  ])('body %j', async (body, contentType, text) => {
    const { results } = await runPlan(transport, {
      requests: [request(target.url, { variables: { n: 5 }, spec: { method: 'POST', body } })],
    });
    expect(echo(results[0])).toMatchObject({ body: text, headers: { 'content-type': contentType } });
  });

  test('relative to the variable baseUrl', async () => {
    const variables = {
      environment: [{ name: 'baseUrl', value: `${target.url}/api/` }],
      project: [],
      modules: {},
    };
    const { results } = await runPlan(transport, { requests: [request('/a?b=1'), request('c')], variables });
    expect(results.map((result) => echo(result).url)).toEqual(['/api/a?b=1', '/api/c']);
    const alone = await runPlan(transport, { requests: [request('/a')] });
    expect(alone.results[0]?.error?.message).toBe(
      'The url "/a" is not absolute, and there is no variable "baseUrl" to begin it with; write http:// or https:// before it, or set baseUrl.',
    );
  });

  test.each([
    [
      '{{baseUrll}}/x',
      'UNKNOWN_VARIABLE',
      'There is no variable "baseUrll" (in url). Did you mean "baseUrl"?',
    ],
    ['{{baseUrl}}/{id}', 'UNKNOWN_VARIABLE', 'The path parameter {id} in url has no value'],
    ['http://a b/', 'VALUE_INVALID', '"http://a b/" is no URL.'],
    ['{{baseUrl', 'TEMPLATE_INVALID', 'has no closing }}'],
  ])('%s is an error before anything is sent', async (url, code, message) => {
    const { results, outcome } = await runPlan(transport, {
      requests: [request(url, { assertions: ok })],
      variables: { environment: [{ name: 'baseUrl', value: target.url }], project: [], modules: {} },
    });
    expect(outcome.status).toBe('error');
    expect(results[0]).toMatchObject({
      status: 'error',
      attempts: 0,
      error: { code, message: expect.stringContaining(message) as string },
      assertions: [{ status: 'skipped' }],
    });
    expect(target.seen).toEqual([]);
  });

  test('what cannot be reached is an error, its assertions are skipped', async () => {
    const nowhere = plainTransport('http://127.0.0.1:1');
    const { results, outcome } = await runPlan(nowhere, {
      requests: [request('http://127.0.0.1:1/', { assertions: ok })],
    });
    await nowhere.close();
    expect(outcome).toMatchObject({ status: 'error', counts: { error: 1 } });
    expect(results[0]).toMatchObject({
      status: 'error',
      error: { code: 'CONNECTION_FAILED' },
      assertions: [{ status: 'skipped' }],
    });
  });

  test('secrets are sent, and shown nowhere', async () => {
    const { results } = await runPlan(transport, {
      requests: [
        request(`${target.url}/?k={{key}}&h={{key | sha256}}`, {
          spec: {
            method: 'POST',
            body: { type: 'json', value: '{{key}}' },
            auth: { type: 'basic', username: 'me', password: '{{key}}' },
          },
          extractions: [{ name: 'echoed', from: 'jsonPath', path: '$.query.k' }],
          assertions: [{ on: 'body', operator: 'equals', expected: '{{key}}' }],
        }),
      ],
      variables: { environment: [{ name: 'key', sealed: seal('s3cr3t-key') }], project: [], modules: {} },
    });
    expect(target.seen[0]).toContain('k=s3cr3t-key');
    const stored = JSON.stringify(results);
    expect(stored).not.toContain('s3cr3t');
    expect(stored).not.toMatch(/h=[\da-f]{64}/);
    expect(stored).not.toContain(Buffer.from('me:s3cr3t-key').toString('base64'));
    expect(results[0]?.variables).toEqual([{ name: 'key', scope: 'environment', value: '***' }]);
  });

  test('a secret that cannot be opened ends the run before anything is sent', async () => {
    const { results, outcome } = await runPlan(transport, {
      requests: [request(target.url)],
      variables: { environment: [{ name: 'key', sealed: '{' }], project: [], modules: {} },
    });
    expect(outcome).toMatchObject({ status: 'error', error: { code: 'SECRET_UNREADABLE' } });
    expect(outcome.error?.message).toContain('The secret "key" cannot be opened');
    expect([results, target.seen]).toEqual([[], []]);
  });
});

describe('many requests', () => {
  const many = (count: number, url = `${target.url}/n?ms=20&n=`) =>
    Array.from({ length: count }, (_, index) => request(`${url}${index}`));

  test('run as many at a time as the plan says', async () => {
    const { results } = await runPlan(transport, { type: 'parallel', requests: many(20), concurrency: 5 });
    expect(target.most).toBe(5);
    expect(new Set(results.map(({ path }) => path)).size).toBe(20);
  });

  test('not more per second than the plan says', async () => {
    const began = performance.now();
    await runPlan(transport, {
      type: 'parallel',
      requests: many(11, `${target.url}/n?n=`),
      concurrency: 11,
      ratePerSecond: 50,
    });
    // Ten gaps of 20 ms; timers may be a millisecond early.
    expect(performance.now() - began).toBeGreaterThan(190);
  });

  test('wait for whoever takes the results', async () => {
    let open = 0;
    let most = 0;
    await runPlan(
      transport,
      { type: 'parallel', requests: many(12, `${target.url}/n?n=`), concurrency: 3 },
      {
        onResult: async () => {
          open += 1;
          most = Math.max(most, open);
          await new Promise((resolve) => {
            setTimeout(resolve, 20);
          });
          // While a result is being taken, its line of work sends nothing.
          expect(target.seen.length).toBeLessThanOrEqual(12);
          open -= 1;
        },
      },
    );
    expect(most).toBeLessThanOrEqual(3);
  });

  test('an error of whoever takes the results comes out', async () => {
    const run = runPlan(
      transport,
      { type: 'parallel', requests: many(10), concurrency: 2 },
      {
        onResult: () => Promise.reject(new Error('disk full')),
      },
    );
    await expect(run).rejects.toThrow('disk full');
    expect(target.seen.length).toBeLessThanOrEqual(2);
  });

  test('bail begins nothing new', async () => {
    const { outcome } = await runPlan(transport, {
      requests: [request(`${target.url}/status?code=500`, { assertions: ok }), ...many(5)],
      bail: true,
    });
    expect(outcome).toMatchObject({ status: 'failed', counts: { failed: 1, passed: 0 } });
    expect(target.seen).toHaveLength(1);
  });

  test('a cancellation aborts what is in flight and begins nothing new', async () => {
    const abort = new AbortController();
    const results: RequestResult[] = [];
    const run = runPlan(
      transport,
      { type: 'parallel', requests: many(10, `${target.url}/?ms=60000&n=`), concurrency: 4 },
      { signal: abort.signal, onResult: (result) => void results.push(result) },
    );
    while (target.seen.length < 4)
      await new Promise((resolve) => {
        setTimeout(resolve, 5);
      });
    abort.abort();
    const { outcome } = await run;
    expect(outcome).toMatchObject({ status: 'cancelled', counts: { cancelled: 4 } });
    expect(results.every(({ status, error }) => status === 'cancelled' && error?.code === 'CANCELLED')).toBe(
      true,
    );
    while (target.aborted < 4)
      await new Promise((resolve) => {
        setTimeout(resolve, 5);
      });
    expect(target.seen).toHaveLength(4);
  });

  test('what is done is left out', async () => {
    const { story } = await runPlan(
      transport,
      { requests: many(4), iterations: 2 },
      {
        done: (iteration, path) => iteration === 0 || path === 'requests[1]',
      },
    );
    expect(story).toEqual(['1 requests[0] passed', '1 requests[2] passed', '1 requests[3] passed']);
    expect(target.seen).toHaveLength(3);
  });
});

describe('datasets', () => {
  const rows = [{ n: 1 }, { n: 'two' }, { n: [3] }];
  const plan = () => ({ requests: [request(`${target.url}/?n={{n}}&i={{$iteration}}`)] });
  const sent = (results: RequestResult[]) => results.map((result) => echo(result).query);

  test('one iteration per row', async () => {
    const { results } = await runPlan(transport, { ...plan(), dataset: { rows } });
    expect(sent(results)).toEqual([
      { n: '1', i: '0' },
      { n: 'two', i: '1' },
      { n: '[3]', i: '2' },
    ]);
    expect(results[1]?.variables[0]).toEqual({ name: 'n', scope: 'dataset', value: 'two' });
  });

  test('as many as asked: fewer, or from the first again', async () => {
    const of = async (iterations: number) =>
      sent((await runPlan(transport, { ...plan(), dataset: { rows }, iterations })).results).map(
        ({ n }) => n,
      );
    expect(await of(2)).toEqual(['1', 'two']);
    expect(await of(5)).toEqual(['1', 'two', '[3]', '1', 'two']);
  });

  test('rows are read as they are needed, and braces in them are data', async () => {
    let given = 0;
    async function* endless() {
      for (;;) {
        given += 1;
        yield { n: '{{secret}}' };
      }
    }
    const { results } = await runPlan(
      transport,
      { ...plan(), dataset: { id: 1 }, iterations: 4, concurrency: 2 },
      { rows: () => endless() },
    );
    expect(sent(results).map(({ n }) => n)).toEqual(Array(4).fill('{{secret}}'));
    expect(given).toBeLessThan(8);
  });

  test('without a row nothing passed', async () => {
    const { outcome } = await runPlan(transport, { ...plan(), dataset: { rows: [] }, iterations: 5 });
    expect(outcome).toMatchObject({ status: 'error', error: { code: 'NO_ITERATIONS' } });
  });
});

describe('a sequence', () => {
  const login = () =>
    request(`${target.url}/login`, {
      extractions: [
        { name: 'token', from: 'jsonPath', path: '$.token' },
        { name: 'env', from: 'status', scope: 'environment' },
      ],
    });
  const use = () => request(`${target.url}/use?t={{token}}&e={{env}}`);

  test('shares what it extracts, and cookies', async () => {
    const { results } = await runPlan(transport, {
      type: 'sequence',
      requests: [login(), use()],
      iterations: 2,
    });
    expect(results.map(({ path, iteration }) => `${iteration} ${path}`)).toEqual([
      '0 requests[0]',
      '0 requests[1]',
      '1 requests[0]',
      '1 requests[1]',
    ]);
    expect(echo(results[1])).toMatchObject({ query: { t: 't-1', e: '200' }, headers: { cookie: 'sid=s1' } });
    expect(echo(results[3])).toMatchObject({ query: { t: 't-2' }, headers: { cookie: 'sid=s2' } });
    expect(results[1]?.variables).toContainEqual({ name: 'token', scope: 'scenario', value: 't-1' });
  });

  test('iterations at the same time never share variables or cookies', async () => {
    const rows = Array.from({ length: 40 }, (_, id) => ({ id }));
    const { results } = await runPlan(transport, {
      type: 'sequence',
      dataset: { rows },
      concurrency: 10,
      requests: [
        request(`${target.url}/login?who={{id}}&ms={{$randomInt:0:15}}`, {
          extractions: [
            { name: 'mine', from: 'regex', path: '"token":"(.*?)"', default: 'x' },
            { name: 'wholeUrl', from: 'status', scope: 'environment' },
          ],
        }),
        request(`${target.url}/use?id={{id}}&ms={{$randomInt:0:15}}`, {
          extractions: [{ name: 'seen', from: 'jsonPath', path: '$.query.id' }],
        }),
        request(`${target.url}/check?id={{id}}&seen={{seen}}`),
      ],
    });
    expect(results).toHaveLength(120);
    for (const result of results.filter(({ path }) => path === 'requests[2]')) {
      const { query } = echo(result);
      expect(query).toEqual({ id: String(result.iteration), seen: String(result.iteration) });
    }
    expect(target.most).toBeGreaterThan(1);
  });

  test('ends where it fails, if it says so', async () => {
    const failing = request(`${target.url}/status?code=500`, { assertions: ok });
    const { story, outcome } = await runPlan(transport, {
      type: 'sequence',
      requests: [failing, use()],
      stopOnFailure: true,
    });
    expect(story).toEqual(['0 requests[0] failed', '0 requests[1] skipped']);
    expect(outcome).toMatchObject({ status: 'failed', counts: { skipped: 1, passed: 0 } });
  });
});
