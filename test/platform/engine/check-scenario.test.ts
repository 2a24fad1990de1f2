import { describe, expect, test } from 'vitest';
import { checkScenario } from '../../../apis/_platform/engine/check-scenario.ts';
import { expectedResults } from '../../../apis/_platform/engine/expected-results.ts';
import type { ScenarioLookups } from '../../../apis/_platform/engine/scenario-problem.ts';
import type { ScenarioSteps, Step } from '../../../apis/_platform/model/scenario.ts';
import { planOf, request, scenarioPlan, spec } from './run-plan.ts';

const login = {
  spec: spec('{{baseUrl}}/login?as={{user}}'),
  assertions: [],
  extractions: [
    { name: 'token', from: 'status' as const },
    { name: 'local', from: 'status' as const, scope: 'step' as const },
  ],
};
const scenarios: Record<number, ScenarioSteps> = {
  2: { steps: [{ type: 'set', variables: { fromNested: 1 } }] },
  3: {
    steps: [
      {
        type: 'if',
        condition: { left: 1, operator: 'equals', right: 1 },
        then: [{ type: 'scenario', scenario: 1 }],
      },
    ],
  },
};
const lookups: ScenarioLookups = {
  api: (id) => (id === 5 ? login : undefined),
  scenario: (id) => scenarios[id],
  endpoint: (path) => path === '/orders/create',
  variables: ['baseUrl', 'user'],
  self: 1,
};

const get = (url: string, more: Partial<Extract<Step, { type: 'request' }>> = {}): Step => ({
  type: 'request',
  request: spec(url),
  ...more,
});
const check = (steps: Step[] | ScenarioSteps, given: Partial<ScenarioLookups> = {}) =>
  checkScenario(Array.isArray(steps) ? { steps } : steps, { ...lookups, ...given }).map(
    ({ path, severity, code, message }) => `${path} ${severity} ${code}: ${message}`,
  );

describe('checking a scenario', () => {
  test('finds nothing in one that is right', () => {
    expect(
      check({
        variables: { start: '{{user}}' },
        setup: [{ type: 'api', api: 5 }],
        steps: [
          get('{{baseUrl}}/{id}?t={{token}}&s={{start}}', {
            request: spec('/x/{id}', { pathParams: [{ name: 'id', value: '{{token}}' }] }),
          }),
          { type: 'scenario', scenario: 2, variables: { a: '{{token}}' } },
          {
            type: 'forEach',
            items: '{{fromNested}}',
            item: 'one',
            steps: [get('http://h/{{one.x}}/{{index}}')],
          },
          get('http://h/{{mine}}', {
            variables: { mine: '{{user}}' },
            extractions: [{ name: 'later', from: 'regex', path: 'a+' }],
            assertions: [{ on: 'body', operator: 'contains', expected: '{{later}}' }],
          }),
          {
            type: 'while',
            condition: { left: '{{never}}', operator: 'notExists' },
            steps: [{ type: 'delay', delay: '{{later}}' }],
          },
          {
            type: 'call',
            call: '/orders/create',
            arguments: { a: '{{$uuid}}', b: '{{unknown | default:later}}' },
          },
          { type: 'waitUntil', step: { type: 'parallel', steps: [get('http://h')] } },
        ],
        teardown: [get('http://h/{{later}}')],
      }),
    ).toEqual([]);
  });

  test('finds references to what does not exist', () => {
    expect(
      check(
        [
          { type: 'api', api: 6 },
          {
            type: 'if',
            condition: { left: 1, operator: 'equals', right: 1 },
            then: [],
            else: [{ type: 'scenario', scenario: 9 }],
          },
          { type: 'call', call: '/orders/creat' },
          get('http://h', { assertions: [{ on: 'call', call: '/checks/no' }] }),
          { type: 'scenario', scenario: 1 },
          { type: 'scenario', scenario: 3 },
        ],
        { scenario: (id) => (id === 1 ? { steps: [] } : scenarios[id]) },
      ),
    ).toEqual([
      'steps[0] error UNKNOWN_REFERENCE: The catalog entry 6 does not exist.',
      'steps[1].else[0] error UNKNOWN_REFERENCE: The scenario 9 does not exist.',
      'steps[2] error UNKNOWN_REFERENCE: There is no function /orders/creat.',
      'steps[3] error UNKNOWN_REFERENCE: There is no function /checks/no (in assertion call).',
      'steps[4] error SCENARIO_CYCLE: The scenario 1 leads back to this one, which would never end.',
      'steps[5] error SCENARIO_CYCLE: The scenario 3 leads back to this one, which would never end.',
    ]);
  });

  test('finds variables that nothing sets, or only something later', () => {
    expect(
      check([
        get('{{baseUrll}}/x'),
        { type: 'repeat', times: 2, steps: [get('http://h/{{token}}/{{item}}')] },
        { type: 'api', api: 5, with: { url: '/{{local}}' } },
        { type: 'set', variables: { a: '{{b | base64}}', b: 1 } },
        { type: 'if', condition: { left: '{{who}}', operator: 'equals', right: '{{a}}' }, then: [] },
      ]),
    ).toEqual([
      'steps[0] warning UNKNOWN_VARIABLE: Nothing sets the variable "baseUrll" (in url). Did you mean "baseUrl"?',
      'steps[1].steps[0] warning SET_LATER: The variable "token" (in url) is set only later.',
      'steps[1].steps[0] warning UNKNOWN_VARIABLE: Nothing sets the variable "item" (in url).',
      'steps[2] warning UNKNOWN_VARIABLE: Nothing sets the variable "local" (in url).',
      'steps[3] warning SET_LATER: The variable "b" (in variables.a) is set only later.',
      'steps[4] warning UNKNOWN_VARIABLE: Nothing sets the variable "who" (in left).',
    ]);
    expect(check([get('/relative')], { variables: [] })).toEqual([
      'steps[0] warning UNKNOWN_VARIABLE: Nothing sets the variable "baseUrl" (in url, which is relative).',
    ]);
  });

  test('finds ids that are there twice, and bounds', () => {
    expect(
      check({
        setup: [{ ...get('http://h'), id: 'x' }],
        steps: [
          { type: 'forEach', items: 5, id: 'x', steps: [{ type: 'delay', delay: -1 }] },
          { type: 'while', limit: 20_000, condition: { left: 1, operator: 'equals', right: 1 }, steps: [] },
          { type: 'repeat', times: 1.5, retries: 21, steps: [] },
          { type: 'parallel', concurrency: 0, steps: [] },
          { type: 'waitUntil', timeout: 0, step: { type: 'delay', delay: 'x' } },
        ],
      }),
    ).toEqual([
      'steps[0] error DUPLICATE_ID: The id "x" is that of setup[0] already.',
      'steps[0] error OUT_OF_BOUNDS: items is a list, or {{name}} of one; got 5.',
      'steps[0].steps[0] error OUT_OF_BOUNDS: delay is a number from 0 to 86400000, got -1.',
      'steps[1] error OUT_OF_BOUNDS: limit is a whole number from 1 to 10000, got 20000.',
      'steps[2] error OUT_OF_BOUNDS: retries is a whole number from 0 to 20, got 21.',
      'steps[2] error OUT_OF_BOUNDS: times is a whole number from 0 to 1000000, got 1.5.',
      'steps[3] error OUT_OF_BOUNDS: concurrency is a whole number from 1 to 1000, got 0.',
      'steps[4] error OUT_OF_BOUNDS: timeout is a number from 1 to 86400000, got 0.',
      'steps[4].step error OUT_OF_BOUNDS: delay is a number from 0 to 86400000, got "x".',
    ]);
  });

  test('finds what cannot be read', () => {
    const found = check([
      get('http://h/{{a'),
      get('http://h/{id}'),
      get('http://h', {
        request: spec('http://h', {
          headers: [
            { name: 'X', value: "{{'a' | base46}}" },
            { name: 'Off', value: '{{', enabled: false },
          ],
        }),
        assertions: [
          { on: 'jsonPath', path: '$.[', operator: 'exists' },
          { on: 'body', operator: 'matches', expected: '(' },
          { on: 'body', operator: 'schema', expected: { type: 'x' } },
          { on: 'status', operator: 'in', expected: 200 },
          { on: 'status', operator: 'equals' },
        ],
        extractions: [{ name: 'e', from: 'header' }],
      }),
    ]);
    const codes = found.map((line) => line.split(':')[0]);
    expect(codes).toEqual([
      'steps[0] error TEMPLATE_INVALID',
      'steps[1] error UNKNOWN_VARIABLE',
      'steps[2] error TEMPLATE_INVALID',
      'steps[2] error JSON_PATH_INVALID',
      'steps[2] error PATTERN_INVALID',
      'steps[2] error SCHEMA_INVALID',
      'steps[2] error VALUE_INVALID',
      'steps[2] error VALUE_INVALID',
      'steps[2] error VALUE_INVALID',
    ]);
  });
});

describe('expected results', () => {
  const one = get('http://h');

  test('of separate requests: iterations times requests', () => {
    const requests = [request('a'), request('b')];
    expect(expectedResults(planOf({ requests }))).toBe(2);
    expect(expectedResults(planOf({ requests, iterations: 5 }))).toBe(10);
    expect(expectedResults(planOf({ requests, dataset: { rows: [{}, {}, {}] } }))).toBe(6);
    expect(expectedResults(planOf({ requests, dataset: { id: 1 } }), 40)).toBe(80);
    expect(expectedResults(planOf({ requests, dataset: { rows: [] }, iterations: 5 }))).toBe(0);
  });

  test('of a scenario: what can be known of its steps', () => {
    const plan = scenarioPlan(
      {
        setup: [one],
        steps: [
          { type: 'forEach', items: [1, 2, 3], steps: [one, { type: 'set', variables: {} }] },
          { type: 'if', condition: { left: 1, operator: 'exists' }, then: [one], else: [one, one] },
          { type: 'repeat', times: '4', steps: [one] },
          { type: 'scenario', scenario: 2 },
          { type: 'waitUntil', step: one },
          { type: 'repeat', times: 9, skip: true, steps: [one] },
        ],
      },
      { scenarios: { 2: { name: 'n', steps: { steps: [one, one], teardown: [one] } } }, iterations: 2 },
    );
    expect(expectedResults(planOf(plan))).toBe(2 * (1 + 3 + 2 + 4 + 3 + 1 + 1));
  });
});
