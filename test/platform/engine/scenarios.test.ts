import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FunctionOutcome } from '../../../apis/_platform/engine/engine-parts.ts';
import type { Step } from '../../../apis/_platform/model/scenario.ts';
import type { Transport } from '../../../apis/_platform/model/transport.ts';
import { plainTransport } from './plain-transport.ts';
import { echo, request, runPlan, scenarioPlan, spec } from './run-plan.ts';
import { startTarget, type Target } from './target.ts';

let target: Target;
let transport: Transport;

beforeAll(async () => {
  target = await startTarget();
  transport = plainTransport(target.url);
});
beforeEach(() => target.reset());
afterAll(async () => {
  await transport.close();
  await target.close();
});

const get = (path: string, more: Partial<Extract<Step, { type: 'request' }>> = {}): Step => ({
  type: 'request',
  request: spec(target.url + path),
  assertions: [{ on: 'status', operator: 'equals', expected: 200 }],
  ...more,
});
const fail = (more: Partial<Extract<Step, { type: 'request' }>> = {}) => get('/status?code=500', more);
const seen = () => target.seen.map((path) => path.replace('/go?', ''));

describe('steps', () => {
  test('pass values on', async () => {
    const { results, outcome } = await runPlan(
      transport,
      scenarioPlan(
        {
          variables: { id: '{{$uuid}}', again: '{{id}}' },
          steps: [
            {
              type: 'api',
              api: 5,
              with: { params: [{ name: 'x', value: '2' }] },
              variables: { who: '{{who}}!' },
            },
            { type: 'set', variables: { both: '{{token}}-{{x}}', list: [1, 2] } },
            get('/go?both={{both}}&id={{id}}&again={{again}}&n={{list[1]}}'),
          ],
        },
        {
          apis: {
            5: request(`${target.url}/login?who={{who}}`, {
              name: 'log in',
              api: 5,
              spec: {
                params: [
                  { name: 'x', value: '1' },
                  { name: 'y', value: '1' },
                ],
              },
              extractions: [
                { name: 'token', from: 'jsonPath', path: '$.token' },
                { name: 'x', from: 'status', scope: 'environment' },
              ],
            }),
          },
          variables: { environment: [], project: [{ name: 'who', value: 'me' }], modules: {} },
        },
      ),
    );
    expect(outcome.status).toBe('passed');
    expect(results[0]).toMatchObject({ name: 'log in', api: 5, path: 'steps[0]' });
    expect(target.seen[0]).toBe('/login?who=me!&y=1&x=2');
    const { query } = echo(results[1]);
    expect(query).toMatchObject({ both: 't-1-200', n: '2' });
    expect(query['id']).toMatch(/^[\da-f-]{36}$/);
    expect(query['again']).toBe(query['id']);
  });

  test('if, forEach, repeat, while', async () => {
    const { story } = await runPlan(
      transport,
      scenarioPlan(
        [
          {
            type: 'if',
            condition: { left: '{{none}}', operator: 'exists' },
            then: [get('/go?never')],
            else: [get('/go?else')],
          },
          {
            type: 'forEach',
            items: '{{users}}',
            item: 'user',
            steps: [
              {
                type: 'if',
                condition: { left: '{{user.on}}', operator: 'equals', right: true },
                then: [get('/go?{{user.id}}.{{index}}')],
              },
            ],
          },
          { type: 'repeat', times: '{{times}}', steps: [get('/go?turn{{index}}')] },
          { type: 'set', variables: { n: 0 } },
          {
            type: 'while',
            condition: { left: '{{n}}', operator: 'less', right: 2 },
            steps: [
              get('/flaky?fail=0&n={{n}}', {
                extractions: [{ name: 'n', from: 'jsonPath', path: '$.turn' }],
              }),
              {
                type: 'if',
                condition: { left: '{{$iteration}}', operator: 'equals', right: 0 },
                then: [{ type: 'set', variables: { n: 2 } }],
              },
            ],
          },
        ],
        {
          variables: {
            environment: [],
            modules: {},
            project: [
              {
                name: 'users',
                value: [
                  { id: 'a', on: true },
                  { id: 'b', on: false },
                  { id: 'c', on: true },
                ],
              },
              { name: 'times', value: '2' },
            ],
          },
        },
      ),
    );
    expect(seen()).toEqual(['else', 'a.0', 'c.2', 'turn0', 'turn1', '/flaky?fail=0&n=0']);
    expect(story).toEqual([
      '0 steps[0].else[0] passed',
      '0 steps[1]#0.steps[0].then[0] passed',
      '0 steps[1]#2.steps[0].then[0] passed',
      '0 steps[2]#0.steps[0] passed',
      '0 steps[2]#1.steps[0] passed',
      '0 steps[4]#0.steps[0] passed',
    ]);
  });

  test('parallel: branches do not see each other, their values are taken over in their order', async () => {
    const branch = (name: string, ms: number): Step => ({
      type: 'scenario',
      scenario: 2,
      variables: { name, ms },
    });
    const { results, outcome } = await runPlan(
      transport,
      scenarioPlan(
        [
          { type: 'set', variables: { last: 'none' } },
          { type: 'parallel', steps: [branch('a', 60), branch('b', 5), branch('c', 30)] },
          get('/go?last={{last}}'),
        ],
        {
          scenarios: {
            2: {
              name: 'branch',
              steps: {
                steps: [
                  get('/go?{{name}}={{last}}&ms={{ms}}'),
                  { type: 'set', variables: { last: '{{name}}' } },
                  get('/go?{{name}}2={{last}}'),
                ],
              },
            },
          },
        },
      ),
    );
    expect(outcome.status).toBe('passed');
    expect(target.most).toBe(3);
    expect(seen()).toEqual(
      expect.arrayContaining(['a=none&ms=60', 'b=none&ms=5', 'c=none&ms=30', 'a2=a', 'b2=b', 'c2=c']),
    );
    expect(seen().at(-1)).toBe('last=c');
    expect(results.map(({ path }) => path)).toContain('steps[1].steps[2].steps[0]');
  });

  test('parallel: no more at a time than it says', async () => {
    const steps = Array.from({ length: 6 }, (_, n) => get(`/go?n=${n}&ms=20`));
    await runPlan(transport, scenarioPlan([{ type: 'parallel', concurrency: 2, steps }]));
    expect(target.most).toBe(2);
    expect(target.seen).toHaveLength(6);
  });

  test('waitUntil polls a request until it passes, or its time is over', async () => {
    const { results, outcome } = await runPlan(
      transport,
      scenarioPlan([
        {
          type: 'waitUntil',
          interval: 5,
          step: get('/flaky?fail=3', { extractions: [{ name: 'turn', from: 'jsonPath', path: '$.turn' }] }),
        },
        get('/go?turn={{turn}}'),
        { type: 'waitUntil', interval: 10, timeout: 500, step: fail() },
        get('/go?never'),
      ]),
    );
    expect(results.map(({ path, status }) => `${path} ${status}`)).toEqual([
      'steps[0].step passed',
      'steps[1] passed',
      'steps[2].step failed',
      'steps[3] skipped',
    ]);
    expect(results[0]).toMatchObject({ attempts: 4 });
    expect(seen()[4]).toBe('turn=4');
    expect(results[2]?.error).toEqual({
      code: 'WAIT_TIMEOUT',
      message: 'It did not pass within 500 ms; last: status: expected 200, got 500',
    });
    expect(outcome.status).toBe('failed');
  });

  test('waitUntil ends a poll that hangs', async () => {
    const { results } = await runPlan(
      transport,
      scenarioPlan([{ type: 'waitUntil', timeout: 50, step: get('/go?ms=60000') }]),
    );
    expect(results[0]).toMatchObject({
      status: 'failed',
      attempts: 1,
      error: {
        code: 'WAIT_TIMEOUT',
        message: 'It did not pass within 50 ms; the first poll was not over by then',
      },
    });
  });

  test('waitUntil says what the last whole poll came to when its time cuts one off', async () => {
    const step = get('/hangs-later?good=1', {
      assertions: [{ on: 'status', operator: 'equals', expected: 200 }],
    });
    const { results } = await runPlan(
      transport,
      scenarioPlan([{ type: 'waitUntil', interval: 1, timeout: 1_000, step }]),
    );
    expect(results).toMatchObject([
      {
        status: 'failed',
        attempts: 2,
        response: { status: 503 },
        error: {
          code: 'WAIT_TIMEOUT',
          message: 'It did not pass within 1000 ms; last: status: expected 200, got 503',
        },
      },
    ]);
  });

  test('waitUntil counts each poll once', async () => {
    const { results } = await runPlan(
      transport,
      scenarioPlan([{ type: 'waitUntil', interval: 60_000, timeout: 1_000, step: fail() }]),
    );
    expect(results[0]).toMatchObject({ status: 'failed', attempts: 1 });
    expect(seen()).toHaveLength(1);
  });

  test('waitUntil polls a group; polls that failed do not count', async () => {
    const group = (fails: number): Step => ({
      type: 'if',
      condition: { left: 1, operator: 'equals', right: 1 },
      then: [get('/go?first'), get(`/flaky?fail=${fails}`)],
    });
    const good = await runPlan(transport, scenarioPlan([{ type: 'waitUntil', interval: 5, step: group(1) }]));
    expect(good.story).toEqual([
      '0 steps[0].step.then[0] passed',
      '0 steps[0].step.then[1] skipped',
      '0 steps[0].step~1.then[0] passed',
      '0 steps[0].step~1.then[1] passed',
    ]);
    expect(good.outcome.status).toBe('passed');
    const bad = await runPlan(
      transport,
      scenarioPlan([{ type: 'waitUntil', interval: 5, timeout: 40, step: group(1e6) }]),
    );
    expect(bad.results.at(-1)).toMatchObject({
      path: 'steps[0]',
      status: 'error',
      error: { code: 'WAIT_TIMEOUT' },
    });
    expect(bad.outcome.counts.failed).toBe(0);
  });

  test('waitUntil ends a group that hangs, and shows where', async () => {
    const group: Step = { type: 'repeat', times: 1, steps: [get('/go?ms=60000')] };
    const { results, outcome } = await runPlan(
      transport,
      scenarioPlan([{ type: 'waitUntil', timeout: 50, step: group }, get('/go?never')]),
    );
    expect(results.map(({ path, status, error }) => [path, status, error?.code])).toEqual([
      ['steps[0].step#0.steps[0]', 'skipped', 'RETRIED'],
      ['steps[0]', 'error', 'WAIT_TIMEOUT'],
      ['steps[1]', 'skipped', 'NOT_REACHED'],
    ]);
    expect(results[0]?.error?.message).toBe('Failed in poll 1 of steps[0].step: its time was over');
    expect(outcome.status).toBe('error');
  });

  test('call of an own function', async () => {
    const calls: unknown[] = [];
    const callFunction = async (endpoint: string, body: unknown): Promise<FunctionOutcome> => {
      calls.push([endpoint, body]);
      if (endpoint === '/orders/create') return { success: true, data: { id: 9 } };
      return { success: false, status: 422, code: 'VALIDATION_ERROR', error: 'name is missing' };
    };
    const { results, outcome } = await runPlan(
      transport,
      scenarioPlan(
        [
          {
            type: 'call',
            call: '/orders/create',
            arguments: { n: '{{n}}' },
            extractions: [{ name: 'id', from: 'jsonPath', path: '$.id' }],
          },
          get('/go?id={{id}}'),
          {
            type: 'call',
            call: '/orders/refuse',
            assertions: [{ on: 'status', operator: 'equals', expected: 422 }],
          },
          { type: 'call', call: '/orders/refuse' },
        ],
        { variables: { environment: [], project: [], modules: {}, given: { n: 3 } } },
      ),
      { callFunction },
    );
    expect(calls[0]).toEqual(['/orders/create', { n: 3 }]);
    // A poll that an earlier test cut off may arrive only now.
    expect(seen().filter((path) => path.startsWith('id='))).toEqual(['id=9']);
    expect(results.map(({ status }) => status)).toEqual(['passed', 'passed', 'passed', 'failed']);
    expect(results[0]).toMatchObject({
      request: { url: '/orders/create', body: { text: '{"n":3}' } },
      response: { status: 200, body: { text: '{"id":9}' } },
    });
    expect(results[3]?.error).toEqual({
      code: 'VALIDATION_ERROR',
      message: '/orders/refuse answered 422: name is missing',
    });
    expect(outcome.status).toBe('failed');
  });

  test('a nested scenario gets its variables and gives back what it set', async () => {
    const { outcome } = await runPlan(
      transport,
      scenarioPlan(
        [
          { type: 'set', variables: { user: 'outer' } },
          { type: 'scenario', scenario: 2, variables: { user: 'given {{user}}' } },
          get('/go?{{got}},{{user}},{{own | default:"gone"}}'),
        ],
        {
          scenarios: {
            2: {
              name: 'n',
              steps: {
                variables: { own: 1, user: 'weaker' },
                steps: [{ type: 'set', variables: { got: '{{user}}/{{own}}' } }],
              },
            },
          },
        },
      ),
    );
    expect(outcome.status).toBe('passed');
    expect(decodeURIComponent(seen()[0] ?? '')).toBe('given outer/1,outer,gone');
  });

  test('a scenario that calls itself ends with an error', async () => {
    const { results, outcome } = await runPlan(transport, scenarioPlan([{ type: 'scenario', scenario: 1 }]));
    expect(outcome.status).toBe('error');
    expect(results[0]?.error?.code).toBe('SCENARIO_TOO_DEEP');
  });
});

describe('what goes wrong', () => {
  test('stops the scenario; teardown runs all the same, to its end', async () => {
    const { story, outcome } = await runPlan(
      transport,
      scenarioPlan({
        setup: [get('/go?setup')],
        steps: [fail(), get('/go?never'), { type: 'forEach', items: [1], steps: [get('/go?never')] }],
        teardown: [fail(), get('/go?clean')],
      }),
    );
    expect(story).toEqual([
      '0 setup[0] passed',
      '0 steps[0] failed',
      '0 steps[1] skipped',
      '0 steps[2] skipped',
      '0 teardown[0] failed',
      '0 teardown[1] passed',
    ]);
    expect(outcome).toMatchObject({ status: 'failed', counts: { passed: 2, failed: 2, skipped: 2 } });
  });

  test('in setup leaves the steps out', async () => {
    const { story } = await runPlan(
      transport,
      scenarioPlan({ setup: [fail()], steps: [get('/go?a')], teardown: [get('/go?clean')] }),
    );
    expect(story).toEqual(['0 setup[0] failed', '0 steps[0] skipped', '0 teardown[0] passed']);
  });

  test('is passed over with continue, also around it', async () => {
    const { story, outcome } = await runPlan(
      transport,
      scenarioPlan([
        { type: 'forEach', items: [1, 2], steps: [fail({ onFailure: 'continue' }), get('/go?inner')] },
        get('/go?after'),
      ]),
    );
    expect(story).toEqual([
      '0 steps[0]#0.steps[0] failed',
      '0 steps[0]#0.steps[1] passed',
      '0 steps[0]#1.steps[0] failed',
      '0 steps[0]#1.steps[1] passed',
      '0 steps[1] passed',
    ]);
    expect(outcome.status).toBe('failed');
  });

  test('stops a loop', async () => {
    const { story } = await runPlan(
      transport,
      scenarioPlan([{ type: 'repeat', times: 3, steps: [fail(), get('/go?never')] }, get('/go?never')]),
    );
    expect(story).toEqual([
      '0 steps[0]#0.steps[0] failed',
      '0 steps[0]#0.steps[1] skipped',
      '0 steps[1] skipped',
    ]);
  });

  test('is tried again: a request has one result for all its tries', async () => {
    const { results } = await runPlan(
      transport,
      scenarioPlan([
        get('/flaky?fail=2', { retries: 3, retryDelay: 1 }),
        get('/flaky?fail=9&x', { retries: 2 }),
      ]),
    );
    expect(results.map(({ status, attempts }) => [status, attempts])).toEqual([
      ['passed', 3],
      ['failed', 3],
    ]);
  });

  test('is tried again: a group leaves its failed tries as skipped', async () => {
    const { results, story, outcome } = await runPlan(
      transport,
      scenarioPlan([{ type: 'repeat', times: 1, retries: 2, steps: [get('/go?a'), get('/flaky?fail=1')] }]),
    );
    expect(story).toEqual([
      '0 steps[0]#0.steps[0] passed',
      '0 steps[0]#0.steps[1] skipped',
      '0 steps[0]~1#0.steps[0] passed',
      '0 steps[0]~1#0.steps[1] passed',
    ]);
    expect(results[1]?.error).toEqual({
      code: 'RETRIED',
      message: 'Failed in try 1 of 3 of steps[0]: status: expected 200, got 503',
    });
    expect(outcome.status).toBe('passed');
  });

  test('skip leaves a step out', async () => {
    const { story } = await runPlan(
      transport,
      scenarioPlan([
        get('/go?a', { skip: true }),
        { type: 'repeat', times: 2, skip: true, steps: [get('/go?b')] },
      ]),
    );
    expect(story).toEqual(['0 steps[0] skipped', '0 steps[1] skipped']);
    expect(target.seen).toEqual([]);
  });

  test.each<[Step, string, string]>([
    [{ type: 'forEach', items: '{{$uuid}}', steps: [] }, 'NOT_A_LIST', 'forEach needs a list'],
    [
      { type: 'forEach', items: '{{lst}}', steps: [] },
      'UNKNOWN_VARIABLE',
      'There is no variable "lst" (in items). Did you mean "list"?',
    ],
    [{ type: 'repeat', times: 'x', steps: [] }, 'NOT_A_NUMBER', 'repeat needs a whole number'],
    [{ type: 'delay', delay: -1 }, 'NOT_A_NUMBER', 'delay needs milliseconds'],
    [
      { type: 'while', condition: { left: 1, operator: 'equals', right: 1 }, limit: 3, steps: [] },
      'LIMIT_REACHED',
      'still holds after 3 turns',
    ],
    [
      { type: 'if', condition: { left: '{{no}}', operator: 'equals', right: 1 }, then: [] },
      'UNKNOWN_VARIABLE',
      'no variable "no"',
    ],
    [{ type: 'set', variables: { a: '{{no}}' } }, 'UNKNOWN_VARIABLE', 'variable "a" of steps[0]'],
    [{ type: 'scenario', scenario: 99 }, 'UNKNOWN_REFERENCE', 'The scenario 99 does not exist'],
    [{ type: 'api', api: 99 }, 'UNKNOWN_REFERENCE', 'The catalog entry 99 does not exist'],
  ])('%j', async (step, code, message) => {
    const { results, outcome } = await runPlan(
      transport,
      scenarioPlan({ variables: { list: [1] }, steps: [step] }),
    );
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({
      path: 'steps[0]',
      status: 'error',
      error: { code, message: expect.stringContaining(message) as string },
    });
    expect(outcome.status).toBe('error');
  });

  test('in the variables of the scenario', async () => {
    const { results } = await runPlan(
      transport,
      scenarioPlan({ variables: { a: '{{b}}', b: '{{a}}' }, steps: [get('/go?a')] }),
    );
    expect(results).toMatchObject([
      { path: 'variables', status: 'error', error: { code: 'VARIABLE_CYCLE' } },
    ]);
  });
});

describe('iterations', () => {
  test('each has its own variables, cookies and results', async () => {
    const rows = Array.from({ length: 30 }, (_, id) => ({ id }));
    const { results, outcome } = await runPlan(
      transport,
      scenarioPlan(
        [
          get('/login?id={{id}}&ms={{$randomInt:0:10}}'),
          { type: 'set', variables: { mine: '{{id}}' } },
          { type: 'delay', delay: '{{$randomInt:0:10}}' },
          get('/go?id={{id}}&mine={{mine}}', {
            extractions: [{ name: 'e', from: 'jsonPath', path: '$.query.mine', scope: 'environment' }],
          }),
          get('/go?id={{id}}&e={{e}}'),
        ],
        { dataset: { rows }, concurrency: 8 },
      ),
    );
    expect(outcome).toMatchObject({ status: 'passed', iterations: 30, counts: { passed: 90 } });
    expect(target.most).toBeGreaterThan(1);
    for (const result of results.filter(({ path }) => path === 'steps[3]')) {
      const own = String(result.iteration);
      expect(echo(result)).toMatchObject({ query: { id: own, mine: own }, headers: { cookie: 'sid=s1' } });
    }
    for (const result of results.filter(({ path }) => path === 'steps[4]')) {
      expect(echo(result).query['e']).toBe(String(result.iteration));
    }
  });

  test('a cancellation aborts what is in flight; teardown runs', async () => {
    const abort = new AbortController();
    const run = runPlan(
      transport,
      scenarioPlan(
        { steps: [get('/go?ms=60000'), get('/go?never')], teardown: [get('/go?clean')] },
        { iterations: 3 },
      ),
      { signal: abort.signal },
    );
    while (target.seen.length === 0)
      await new Promise((resolve) => {
        setTimeout(resolve, 5);
      });
    abort.abort();
    const { story, outcome } = await run;
    expect(story).toEqual(['0 steps[0] cancelled', '0 teardown[0] passed']);
    expect(outcome.status).toBe('cancelled');
  });

  test('bail: what runs is torn down, nothing new begins', async () => {
    const { story } = await runPlan(
      transport,
      scenarioPlan(
        { steps: [fail(), get('/go?never')], teardown: [get('/go?clean')] },
        { iterations: 5, bail: true },
      ),
    );
    expect(story).toEqual(['0 steps[0] failed', '0 teardown[0] passed']);
  });
});
