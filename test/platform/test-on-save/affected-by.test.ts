import { describe, expect, it } from 'vitest';
import {
  affectedBy,
  type KnownEntry,
  type KnownScenario,
} from '../../../apis/_platform/test-on-save/affected-by.ts';
import { describeAffected } from '../../../apis/_platform/test-on-save/describe-outcome.ts';
import { ownPathOf } from '../../../apis/_platform/test-on-save/own-targets.ts';
import type { RequestSpec } from '../../../apis/_platform/model/request.ts';
import type { ScenarioSteps } from '../../../apis/_platform/model/scenario.ts';

const spec = (url: string): RequestSpec => ({
  method: 'POST',
  url,
  pathParams: [],
  params: [],
  headers: [],
  body: { type: 'none' },
  auth: { type: 'inherit' },
});
const breaking = (endpoint: string, message: string) => ({ endpoint, breaking: true, message });
const endpointOf = (url: string) => ownPathOf(url, { baseUrl: 'http://127.0.0.1:8000', baseUrls: [] });
const scenario = (id: number, steps: ScenarioSteps): KnownScenario => ({
  id,
  name: `scenario ${id}`,
  steps,
  endpointOf,
});

const entries: KnownEntry[] = [
  { id: 1, name: 'get', endpoint: '/orders/get', assertions: [], follows: false },
  { id: 2, name: 'list', endpoint: '/orders/list', assertions: [], follows: true },
  {
    id: 3,
    name: 'judged',
    endpoint: undefined,
    assertions: [{ on: 'call', call: '/orders/get' }],
    follows: false,
  },
];

describe('what a breaking change affects', () => {
  it('are entries, and steps at every depth, with their paths', () => {
    const steps: ScenarioSteps = {
      setup: [{ type: 'api', api: 1 }],
      steps: [
        { type: 'api', api: 2, name: 'another one' },
        {
          type: 'if',
          condition: { left: 1, operator: 'equals', right: 1 },
          then: [{ type: 'call', call: '/orders/get', name: 'own call' }],
          else: [{ type: 'request', request: spec('{{baseUrl}}/orders/get?x=1') }],
        },
        {
          type: 'forEach',
          items: [1],
          steps: [{ type: 'waitUntil', step: { type: 'call', call: '/orders/get' } }],
        },
        { type: 'api', api: 1, with: { url: 'https://example.com/other' } },
        { type: 'api', api: 2, with: { url: 'http://localhost:8000/orders/get' } },
        { type: 'call', call: '/orders/list', assertions: [{ on: 'call', call: '/orders/get' }] },
        { type: 'scenario', scenario: 9 },
        { type: 'delay', delay: 1 },
      ],
      teardown: [
        { type: 'parallel', steps: [{ type: 'request', request: spec('http://127.0.0.1:8000/orders/get') }] },
      ],
    };
    const [affected, ...others] = affectedBy(
      [
        breaking('/orders/get', 'id is required'),
        breaking('/orders/get', 'name is gone'),
        breaking('/unused/f', 'gone'),
      ],
      entries,
      [scenario(1, steps), scenario(2, { steps: [{ type: 'api', api: 2 }] })],
    );
    expect(others).toEqual([]);
    expect(affected).toMatchObject({
      endpoint: '/orders/get',
      changes: ['id is required', 'name is gone'],
      entries: [
        { id: 1, name: 'get' },
        { id: 3, name: 'judged' },
      ],
    });
    expect(affected?.steps.map(({ path }) => path)).toEqual([
      'setup[0]',
      'steps[1].then[0]',
      'steps[1].else[0]',
      'steps[2].steps[0].step',
      'steps[4]',
      'steps[5]',
      'teardown[0].steps[0]',
    ]);
    expect(affected?.steps[1]).toEqual({
      scenarioId: 1,
      scenario: 'scenario 1',
      path: 'steps[1].then[0]',
      name: 'own call',
    });
  });

  it('is nothing when the change breaks nobody, or nothing uses it', () => {
    const changes = [
      { endpoint: '/orders/get', breaking: false, message: 'a new parameter' },
      breaking('/other/f', 'gone'),
    ];
    expect(affectedBy(changes, entries, [])).toEqual([]);
  });

  it('is no entry that follows by itself, but the steps that use it', () => {
    const [affected] = affectedBy([breaking('/orders/list', 'gone')], entries, [
      scenario(1, { steps: [{ type: 'api', api: 2 }] }),
    ]);
    expect(affected).toMatchObject({ entries: [], steps: [{ path: 'steps[0]' }] });
    expect(affectedBy([breaking('/orders/list', 'gone')], entries, [])).toEqual([]);
  });

  it('is told in one line', () => {
    const steps: ScenarioSteps = {
      steps: Array.from({ length: 7 }, () => ({ type: 'call', call: '/orders/get' })),
    };
    const [affected] = affectedBy([breaking('/orders/get', 'id is required')], entries, [scenario(1, steps)]);
    if (affected === undefined) throw new Error('nothing was affected');
    expect(describeAffected(affected)).toBe(
      'breaking change of /orders/get (id is required) affects 2 catalog entries (1 get, 3 judged) and 7 steps (' +
        'scenario 1: steps[0], scenario 1: steps[1], scenario 1: steps[2], scenario 1: steps[3], scenario 1: steps[4], and 2 more)',
    );
  });
});

describe('addresses of this service', () => {
  it.each([
    ['{{baseUrl}}/a/b', [], '/a/b'],
    ['{{ baseUrl }}/a/b?c=d', [], '/a/b'],
    ['/a/b#c', [], '/a/b'],
    ['{{baseUrl}}/a/b', ['http://localhost:8000'], '/a/b'],
    ['{{baseUrl}}/a/b', ['https://example.com', 'http://127.0.0.1:8000/'], '/a/b'],
    ['{{baseUrl}}/a/b', ['https://example.com'], undefined],
    ['http://localhost:8000/a/b', ['https://example.com'], '/a/b'],
    ['http://localhost:8001/a/b', [], undefined],
    ['https://localhost:8000/a/b', [], undefined],
    ['{{other}}/a/b', [], undefined],
    ['no address', [], undefined],
  ])('%s where baseUrl is %j: %s', (url, baseUrls, path) => {
    expect(ownPathOf(url, { baseUrl: 'http://127.0.0.1:8000', baseUrls })).toBe(path);
  });

  it('are none where the service does not listen, but for what baseUrl leaves open', () => {
    expect(ownPathOf('http://localhost:8000/a/b', { baseUrl: undefined, baseUrls: [] })).toBeUndefined();
    expect(ownPathOf('{{baseUrl}}/a/b', { baseUrl: undefined, baseUrls: [] })).toBe('/a/b');
  });
});
