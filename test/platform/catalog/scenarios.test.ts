import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRequest, loadRequests } from '../../../apis/_platform/catalog/load-request.ts';
import { loadScenario } from '../../../apis/_platform/catalog/load-scenario.ts';
import { loadScopes } from '../../../apis/_platform/catalog/load-scopes.ts';
import { openDatabase, type Database } from '../../../apis/_platform/storage/open-database.ts';
import { openPlatform, type Platform } from '../support/open-platform.ts';

let platform: Platform;
let database: Database;
let projectId: number;
let moduleId: number;
let api: number;
beforeAll(async () => {
  platform = await openPlatform();
  database = await openDatabase(`${platform.dataDir}/platform.sqlite`);
  projectId = (await platform.call('/projects/create', { name: '项目' })).id;
  moduleId = (await platform.call('/modules/create', { projectId, name: '模块' })).id;
  api = (await platform.call('/catalog/create', { moduleId, name: '下单', url: '/orders' })).id;
}, 120_000);
afterAll(async () => {
  await database.destroy();
  await platform.close();
});

let count = 0;
const save = (steps: unknown, more: object = {}) =>
  platform.call('/scenarios/create', { moduleId, name: `场景 ${count++}`, steps, ...more });
const create = async (steps: unknown, more: object = {}) => {
  const { warnings: _warnings, ...scenario } = await save(steps, more);
  return scenario;
};
const refused = (steps: unknown) =>
  platform.refusal('/scenarios/create', { moduleId, name: `x ${count++}`, steps });

describe('scenarios', () => {
  it('keep steps of every kind, each with an id', async () => {
    const request = {
      method: 'GET',
      url: '/',
      pathParams: [],
      params: [],
      headers: [],
      body: { type: 'none' },
      auth: { type: 'inherit' },
    };
    const nested = await create({ steps: [{ type: 'set', variables: { 甲: [1, { b: null }] } }] });
    const steps = {
      setup: [{ type: 'api', api, id: 'mine', onFailure: 'continue' }],
      steps: [
        {
          type: 'if',
          condition: { left: '{{a}}', operator: 'equals', right: 1 },
          then: [{ type: 'delay', delay: 5 }],
          else: [],
        },
        { type: 'forEach', items: '{{list}}', steps: [{ type: 'request', request }] },
        { type: 'while', condition: { left: 1, operator: 'less', right: '{{n}}' }, limit: 3, steps: [] },
        { type: 'repeat', times: '{{n}}', steps: [{ type: 'scenario', scenario: nested.id }] },
        { type: 'parallel', steps: [{ type: 'call', call: '/projects/list', arguments: { page: 1 } }] },
        {
          type: 'waitUntil',
          step: { type: 'api', api, assertions: [{ on: 'status', operator: 'equals', expected: 200 }] },
        },
      ],
      teardown: [{ type: 'set', variables: {} }],
      variables: { a: 1 },
    };
    const made = await create(steps);
    expect(made).toMatchObject({ moduleId, version: 1, steps });
    expect(made.steps.setup[0].id).toBe('mine');
    expect(made.steps.steps[0].then[0].id).toMatch(/^[0-9a-f]{8}$/);
    expect(await platform.call('/scenarios/get', { id: made.id })).toEqual(made);
    const listed = await platform.call('/scenarios/list', { filter: { projectId, text: made.name } });
    expect(listed.items).toEqual([made]);
  });

  it('refuse what is not there, with the path of the step, all at once', async () => {
    const error = await refused({
      steps: [
        { type: 'api', api: 999_999 },
        {
          type: 'if',
          condition: { left: 1, operator: 'exists' },
          then: [{ type: 'scenario', scenario: 888_888 }],
        },
      ],
      teardown: [
        { type: 'call', call: '/projects/lists' },
        { type: 'api', api, with: { body: { type: 'binary', file: 777_777 } } },
        { type: 'api', api, assertions: [{ on: 'call', call: '/checks/none' }] },
      ],
    });
    expect(error).toMatchObject({ code: 'SCENARIO_INVALID', status: 422 });
    expect(error.message).toBe('steps[0]: The catalog entry 999999 does not exist. (and 4 more)');
    expect(error.details.map(({ path, code }: any) => [path, code]).sort()).toEqual(
      ['steps[0]', 'steps[1].then[0]', 'teardown[0]', 'teardown[1]', 'teardown[2]'].map((path) => [
        path,
        'UNKNOWN_REFERENCE',
      ]),
    );
    expect(await refused({ steps: [{ type: 'jump' }] })).toMatchObject({ code: 'VALIDATION_ERROR' });
    expect(
      await refused({
        steps: [
          { type: 'delay', delay: 1, id: 'a' },
          { type: 'delay', delay: 1, id: 'a' },
        ],
      }),
    ).toMatchObject({ code: 'SCENARIO_INVALID', message: expect.stringContaining("steps[1]: the id 'a'") });
  });

  it('are saved with a warning of variables that nothing sets, by the path of the step', async () => {
    const project = await platform.call('/projects/create', { name: 'warned' });
    const module = await platform.call('/modules/create', { projectId: project.id, name: 'm' });
    const environment = await platform.call('/environments/create', { projectId: project.id, name: 'e' });
    await platform.call('/environments/setVariables', {
      of: 'environment',
      id: environment.id,
      variables: [{ name: 'known', value: 1 }],
    });
    await platform.call('/datasets/create', { projectId: project.id, name: 'd', rows: [{ column: 1 }] });
    const made = await save(
      {
        steps: [
          { type: 'set', variables: { own: '{{known}} {{column}} {{$uuid}}' } },
          { type: 'set', variables: { b: '{{own}} {{unknwon}}' } },
        ],
      },
      { moduleId: module.id },
    );
    expect(made.warnings).toMatchObject([
      { path: 'steps[1]', code: 'UNKNOWN_VARIABLE', message: expect.stringContaining('unknwon') },
    ]);
  });

  it('can be renamed although an entry of its steps was removed, but not given such steps', async () => {
    const gone = await platform.call('/catalog/create', { moduleId, name: 'gone', url: '/' });
    const { id, steps } = await create({ steps: [{ type: 'api', api: gone.id }] });
    await platform.call('/catalog/remove', { id: gone.id });
    expect(
      await platform.call('/scenarios/update', { id, version: 1, changes: { name: `y ${count++}` } }),
    ).toMatchObject({ version: 2, warnings: [] });
    expect(await platform.refusal('/scenarios/update', { id, version: 2, changes: { steps } })).toMatchObject(
      {
        code: 'SCENARIO_INVALID',
      },
    );
  });

  it('never contain themselves', async () => {
    const inner = await create({ steps: [] });
    const outer = await create({ steps: [{ type: 'scenario', scenario: inner.id }] });
    const error = await platform.refusal('/scenarios/update', {
      id: inner.id,
      version: 1,
      changes: {
        steps: { steps: [{ type: 'repeat', times: 2, steps: [{ type: 'scenario', scenario: outer.id }] }] },
      },
    });
    expect(error).toMatchObject({ code: 'SCENARIO_INVALID' });
    expect(error.message).toContain('steps[0].steps[0]');
    expect(await platform.call('/scenarios/get', { id: inner.id })).toEqual(inner);
  });

  it('are changed, copied, moved, ordered and removed', async () => {
    const made = await create({ steps: [] }, { description: 'd' });
    const { id } = made;
    expect(
      await platform.call('/scenarios/update', { id, version: 1, changes: { description: '说明' } }),
    ).toMatchObject({ version: 2, description: '说明', steps: made.steps });
    expect(await platform.refusal('/scenarios/update', { id, version: 1, changes: {} })).toMatchObject({
      code: 'CONFLICT',
      details: { version: 2 },
    });
    expect(
      await platform.refusal('/scenarios/create', { moduleId, name: made.name, steps: { steps: [] } }),
    ).toMatchObject({ code: 'NAME_TAKEN' });
    const copy = await platform.call('/scenarios/duplicate', { id });
    expect(copy.name).toBe(`${made.name} (2)`);
    const other = await platform.call('/modules/create', { projectId, name: `m ${count++}` });
    expect(await platform.call('/scenarios/move', { id: copy.id, moduleId: other.id })).toMatchObject({
      moduleId: other.id,
      position: 0,
    });
    await platform.call('/scenarios/reorder', { moduleId, ids: [id] });
    const { items } = await platform.call('/scenarios/list', { filter: { moduleId } });
    expect(items[0].id).toBe(id);
    await platform.call('/scenarios/remove', { id });
    expect(await platform.refusal('/scenarios/get', { id })).toMatchObject({
      message: `there is no scenario ${id}`,
    });
  });
});

describe('what a run loads', () => {
  it('resolves auth: category, then module, then project', async () => {
    const project = await platform.call('/projects/create', {
      name: 'auth',
      auth: { type: 'bearer', token: 'p' },
    });
    const module = await platform.call('/modules/create', { projectId: project.id, name: 'm' });
    const category = await platform.call('/categories/create', { moduleId: module.id, name: 'c' });
    const entry = await platform.call('/catalog/create', {
      moduleId: module.id,
      categoryId: category.id,
      name: 'e',
      url: '/e',
      method: 'PUT',
      headers: [{ name: 'a', value: 'b' }],
      assertions: [{ on: 'status', operator: 'equals', expected: 200 }],
    });
    const auth = async () => (await loadRequest(database, entry.id)).spec.auth;
    expect(await auth()).toEqual({ type: 'bearer', token: 'p' });
    await platform.call('/modules/update', {
      id: module.id,
      version: 1,
      changes: { auth: { type: 'bearer', token: 'm' } },
    });
    expect(await auth()).toEqual({ type: 'bearer', token: 'm' });
    await platform.call('/categories/update', {
      id: category.id,
      version: 1,
      changes: { auth: { type: 'none' } },
    });
    expect(await auth()).toEqual({ type: 'none' });
    await platform.call('/catalog/update', {
      id: entry.id,
      version: 1,
      changes: { auth: { type: 'bearer', token: 'e' } },
    });
    expect(await loadRequest(database, entry.id)).toEqual({
      name: 'e',
      api: entry.id,
      module: module.id,
      spec: {
        method: 'PUT',
        url: '/e',
        pathParams: [],
        params: [],
        headers: [{ name: 'a', value: 'b' }],
        body: { type: 'none' },
        auth: { type: 'bearer', token: 'e' },
        settings: {},
      },
      assertions: [{ on: 'status', operator: 'equals', expected: 200 }],
      extractions: [],
    });
    expect((await loadRequests(database, [entry.id, api, entry.id])).map(({ name }) => name)).toEqual([
      'e',
      '下单',
      'e',
    ]);
    await expect(loadRequests(database, [api, 999_999, 888_888])).rejects.toThrow(
      'no catalog entry 999999, 888888',
    );
  });

  it('gives the variables of all scopes, secrets sealed, without what is switched off', async () => {
    const environment = await platform.call('/environments/create', { projectId, name: '测试' });
    const set = (of: string, id: number, variables: unknown[]) =>
      platform.call('/environments/setVariables', { of, id, variables });
    await set('environment', environment.id, [
      { name: 'url', value: 'http://e' },
      { name: 'off', value: 1, enabled: false },
    ]);
    await set('module', moduleId, [{ name: 'n', value: { a: [1] } }]);
    await set('project', projectId, [{ name: 's', secretValue: 'geheim' }]);
    const { version } = await platform.call('/projects/get', { id: projectId });
    await platform.call('/projects/update', {
      id: projectId,
      version,
      changes: { settings: { allow: ['*.lan'] } },
    });
    const scopes = { projectId, environmentId: environment.id, moduleIds: [moduleId, moduleId] };
    expect(await loadScopes(database, scopes)).toEqual({
      variables: {
        environment: [{ name: 'url', value: 'http://e' }],
        modules: { [moduleId]: [{ name: 'n', value: { a: [1] } }] },
        project: [{ name: 's', sealed: expect.stringMatching(/^v1\./) }],
      },
      allow: ['*.lan'],
    });
    expect((await loadScopes(database, { projectId, moduleIds: [] })).variables).toMatchObject({
      environment: [],
      modules: {},
    });
    const other = await platform.call('/projects/create', { name: 'foreign' });
    await expect(loadScopes(database, { ...scopes, projectId: other.id })).rejects.toThrow(
      'there is no environment of project',
    );
  });

  it('gives a scenario with all that it reaches', async () => {
    const inner = await create({ steps: [{ type: 'api', api }] });
    const outer = await create({
      steps: [
        { type: 'repeat', times: 2, steps: [{ type: 'scenario', scenario: inner.id }] },
        { type: 'scenario', scenario: inner.id },
      ],
    });
    const loaded = await loadScenario(database, outer.id);
    expect(loaded).toMatchObject({ projectId, name: outer.name, moduleIds: [moduleId] });
    expect(Object.keys(loaded.scenarios).sort()).toEqual([String(inner.id), String(outer.id)].sort());
    expect(loaded.apis).toEqual({ [api]: await loadRequest(database, api) });
    expect(loaded.scenarios[outer.id]).toMatchObject({
      module: moduleId,
      steps: outer.steps,
      auth: { type: 'none' },
    });
  });
});

it('copies a project, in which everything refers to the copies', async () => {
  const project = await platform.call('/projects/create', { name: '原' });
  const module = await platform.call('/modules/create', { projectId: project.id, name: 'm' });
  const category = await platform.call('/categories/create', { moduleId: module.id, name: 'c' });
  const entry = await platform.call('/catalog/create', {
    moduleId: module.id,
    categoryId: category.id,
    name: 'e',
    url: '/',
  });
  const inner = await platform.call('/scenarios/create', {
    moduleId: module.id,
    name: 'inner',
    steps: { steps: [{ type: 'api', api: entry.id }] },
  });
  await platform.call('/scenarios/create', {
    moduleId: module.id,
    name: 'outer',
    steps: {
      steps: [
        { type: 'scenario', scenario: inner.id },
        { type: 'api', api },
      ],
    },
  });
  await platform.call('/datasets/create', { projectId: project.id, name: 'd', rows: [{ a: 1 }] });
  await platform.call('/environments/create', { projectId: project.id, name: 'env' });
  const copy = await platform.call('/projects/duplicate', { id: project.id });
  expect(copy.name).toBe('原 (2)');
  await platform.call('/projects/remove', { id: project.id });
  const filter = { projectId: copy.id };
  const only = async (path: string) => (await platform.call(path, { filter })).items;
  const [entryCopy] = await only('/catalog/list');
  const [categoryCopy] = await only('/categories/list');
  expect(entryCopy.categoryId).toBe(categoryCopy.id);
  const scenarios = Object.fromEntries((await only('/scenarios/list')).map((item: any) => [item.name, item]));
  expect(scenarios.inner.steps.steps[0].api).toBe(entryCopy.id);
  expect(scenarios.outer.steps.steps[0].scenario).toBe(scenarios.inner.id);
  expect(scenarios.outer.steps.steps[1].api).toBe(api);
  const [dataset] = await only('/datasets/list');
  expect((await platform.call('/datasets/rows', { id: dataset.id })).items).toEqual([{ a: 1 }]);
  expect(await only('/environments/list')).toHaveLength(1);
});
