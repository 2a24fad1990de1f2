import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RequestResult } from '../../../apis/_platform/model/result.ts';
import type { RunPlan } from '../../../apis/_platform/model/run-plan.ts';
import type { Step } from '../../../apis/_platform/model/scenario.ts';
import type { Transport } from '../../../apis/_platform/model/transport.ts';
import { plainTransport } from './plain-transport.ts';
import { request, runPlan, scenarioPlan, seal, spec } from './run-plan.ts';
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

/** Runs a plan whole, then once more from after each of its results, as after a crash. */
async function cutEverywhere(plan: Partial<RunPlan>): Promise<void> {
  const whole = await runPlan(transport, plan);
  const requests = [...target.seen];
  for (let kept = 0; kept <= whole.results.length; kept += 1) {
    const stored = new Map(
      whole.results.slice(0, kept).map((result) => [`${result.iteration} ${result.path}`, result]),
    );
    // The server goes on as it was when the run was cut off.
    const sentBefore = [...stored.values()].reduce((sum, { attempts }) => sum + attempts, 0);
    target.reset();
    for (const path of requests.slice(0, sentBefore)) await fetch(target.url + path);
    target.seen = [];
    const rest = await runPlan(transport, plan, {
      done: (iteration, path) => stored.has(`${iteration} ${path}`),
      stored: (iteration, path) => stored.get(`${iteration} ${path}`),
    });
    expect(rest.story, `after ${kept} results`).toEqual(whole.story.slice(kept));
    expect(target.seen, `after ${kept} results`).toEqual(requests.slice(sentBefore));
  }
}

describe('a run that was cut off goes on at the first request without a result', () => {
  test('a sequence', async () => {
    await cutEverywhere({
      type: 'sequence',
      iterations: 2,
      requests: [
        request(`${target.url}/login`, {
          extractions: [{ name: 'token', from: 'jsonPath', path: '$.token' }],
        }),
        request(`${target.url}/use?{{token}}`, {
          extractions: [{ name: 'path', from: 'jsonPath', path: '$.path', scope: 'environment' }],
        }),
        request(`${target.url}/use?{{token}}{{path}}`),
      ],
    });
  });

  test('a scenario with every kind of step, random values included', async () => {
    await cutEverywhere(
      scenarioPlan(
        {
          variables: { run: '{{$uuid}}' },
          setup: [get('/login', { extractions: [{ name: 'token', from: 'jsonPath', path: '$.token' }] })],
          steps: [
            { type: 'set', variables: { id: '{{$randomInt:1:1000000}}', n: 0, list: ['a', 'b'] } },
            { type: 'delay', delay: 3 },
            { type: 'forEach', items: '{{list}}', steps: [get('/go?{{item}}{{id}}{{token}}')] },
            {
              type: 'while',
              condition: { left: '{{n}}', operator: 'less', right: 2 },
              steps: [
                get('/flaky?fail=0&run={{run}}', {
                  extractions: [{ name: 'n', from: 'jsonPath', path: '$.turn' }],
                }),
              ],
            },
            {
              type: 'waitUntil',
              interval: 2,
              step: get('/flaky?fail=2', { extractions: [{ name: 'n', from: 'jsonPath', path: '$.turn' }] }),
            },
            { type: 'repeat', times: 1, retries: 2, steps: [get('/go?n={{n}}'), get('/flaky?fail=1&b')] },
            {
              type: 'if',
              condition: { left: '{{n}}', operator: 'equals', right: 3 },
              then: [{ type: 'scenario', scenario: 2, variables: { x: '{{n}}' } }],
            },
            get('/go?{{fromNested}}'),
            get('/status?code=500', { onFailure: 'continue' }),
            get('/status?code=400'),
            get('/go?never'),
          ],
          teardown: [get('/go?clean{{id}}')],
        },
        {
          seed: 'run-1',
          scenarios: {
            2: {
              name: 'nested',
              steps: {
                steps: [
                  get('/go?nested', {
                    extractions: [{ name: 'fromNested', from: 'jsonPath', path: '$.path' }],
                  }),
                ],
              },
            },
          },
        },
      ),
    );
  });

  test('cookies come back', async () => {
    const plan = scenarioPlan([get('/login'), get('/go?a')]);
    const first = (await runPlan(transport, plan)).results[0];
    const rest = await runPlan(transport, plan, {
      done: (_, path) => path === 'steps[0]',
      stored: () => first,
    });
    expect(rest.results).toHaveLength(1);
    expect(rest.results[0]?.response?.body?.text).toContain('"cookie":"sid=s1"');
  });

  test('waiting that lies behind is not done again', async () => {
    const plan = scenarioPlan([
      get('/go?a'),
      { type: 'delay', delay: 60_000 },
      get('/go?b'),
      { type: 'delay', delay: 20 },
      get('/go?c'),
    ]);
    const stored = (path: string): RequestResult => ({
      iteration: 0,
      path,
      name: '',
      status: 'passed',
      attempts: 1,
      startedAt: '',
      assertions: [],
      extractions: [],
      variables: [],
    });
    const { story } = await runPlan(transport, plan, {
      done: (_, path) => path === 'steps[0]' || path === 'steps[2]',
      stored: (_, path) => stored(path),
    });
    expect(story).toEqual(['0 steps[4] passed']);
  });

  test('a value that was stored masked is asked for again', async () => {
    const plan: Partial<RunPlan> = {
      ...scenarioPlan([
        get('/echo?k={{key}}', { extractions: [{ name: 'mine', from: 'jsonPath', path: '$.query.k' }] }),
        get('/go?{{mine}}'),
      ]),
      variables: { environment: [{ name: 'key', sealed: seal('s3cr3t-key') }], project: [], modules: {} },
    };
    const [first] = (await runPlan(transport, plan)).results;
    expect(first?.extractions[0]?.value).toBe('***');
    target.reset();
    const { story } = await runPlan(transport, plan, {
      done: (_, path) => path === 'steps[0]',
      stored: () => first,
    });
    expect(story).toEqual(['0 steps[1] passed']);
    expect(target.seen).toEqual(['/echo?k=s3cr3t-key', '/go?s3cr3t-key']);
  });
});
