import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../apis/_platform/model/run-record.ts';
import type { SaveOutcome } from '../../../apis/_platform/model/save-outcome.ts';
import { startServer, withoutRequests, type Answer, type TestServer } from '../../support/start-server.ts';
import { platformProject, type PlatformProject } from '../platform-project.ts';

const shop = (body: string) => `import { apiFunction } from 'api-deploy';
import { rate } from './_lib/rate.ts';
export const price = apiFunction((amount: number): number => ${body});
`;
const greetings = (text: string) => `import { apiFunction } from 'api-deploy';
export const greet = apiFunction((name: string): string => '${text} ' + name);
`;
const files = {
  '_lib/rate.ts': 'export const rate = 10;',
  'shop.ts': shop('amount * rate'),
  'greetings.ts': greetings('Hello'),
  'other.ts': `import { apiFunction } from 'api-deploy';\nexport const f = apiFunction((): number => 1);\n`,
};

describe('tests after a save', () => {
  let project: PlatformProject;
  let server: TestServer;
  let scenarioId: number;
  const ids: Record<string, number> = {};

  async function call<T>(path: string, body: unknown): Promise<T> {
    const { json } = await server.call(path, body);
    expect(json, `${path}\n${withoutRequests(server.output())}`).toMatchObject({ success: true });
    return json.data as T;
  }
  const create = async (what: string, body: unknown) =>
    (await call<{ id: number }>(`/${what}/create`, body)).id;
  const outcome = (done: (outcome: SaveOutcome | null) => boolean): Promise<SaveOutcome> =>
    server
      .until('/impact/lastOutcome', ({ json }: Answer) => done(json.data as SaveOutcome | null))
      .then(({ json }) => json.data as SaveOutcome);
  const after = (generation: number) => (one: SaveOutcome | null) =>
    one !== null && one.generation > generation && one.status !== 'running';

  beforeAll(async () => {
    project = await platformProject(
      ['projects', 'modules', 'catalog', 'environments', 'scenarios', 'runs', 'impact'],
      files,
    );
    server = await startServer({ dir: project.dir, env: { LOAD_TIMEOUT: '60' } });
    ids['project'] = await create('projects', { name: 'Shop', settings: { testOnSave: true } });
    ids['module'] = await create('modules', { projectId: ids['project'], name: 'shop' });
    ids['greet'] = await create('catalog', {
      moduleId: ids['module'],
      name: 'greet',
      method: 'POST',
      url: '{{baseUrl}}/greetings/greet',
      body: { type: 'json', value: { token: 'business-token-for-tests', body: { name: '{{who}}' } } },
      assertions: [{ on: 'jsonPath', path: '$.data', operator: 'equals', expected: 'Hello {{who}}' }],
    });
    scenarioId = await create('scenarios', {
      moduleId: ids['module'],
      name: 'buying',
      steps: {
        steps: [
          {
            type: 'call',
            name: 'price of two',
            call: '/shop/price',
            arguments: { amount: 2 },
            assertions: [{ on: 'jsonPath', path: '$', operator: 'equals', expected: 20 }],
          },
          { type: 'api', api: ids['greet'] },
        ],
      },
    });
    const record = await call<RunRecord>('/runs/runScenario', {
      scenarioId,
      variables: { baseUrl: server.url, who: 'Ada' },
      wait: true,
    });
    expect(record, withoutRequests(server.output())).toMatchObject({ status: 'passed', scenarioId });
  });
  afterAll(async () => {
    await server?.stop();
    await project?.remove();
  });

  it('what a run has reached is known', async () => {
    expect(await call('/impact/of', { endpoint: '/greetings/greet' })).toEqual({
      endpoint: '/greetings/greet',
      // The one that mirrors it was there first.
      entries: [
        { id: expect.any(Number) as number, name: 'greet' },
        { id: ids['greet'], name: 'greet' },
      ],
      steps: [{ scenarioId, scenario: 'buying', path: 'steps[1]' }],
      scenarios: [{ id: scenarioId, name: 'buying', projectId: ids['project'], testOnSave: true }],
    });
    expect(await call('/impact/of', { endpoint: '/shop/price' })).toMatchObject({
      entries: [{ name: 'price' }],
      steps: [{ path: 'steps[0]', name: 'price of two' }],
      scenarios: [{ id: scenarioId }],
    });
    expect(await call('/impact/lastOutcome', {})).toBeNull();
  });

  it('a save that breaks a scenario says so beside the reload, and in a record of its own', async () => {
    const before = await server.generation();
    await server.write('shop.ts', shop('amount * rate + 1'));
    const found = await outcome(after(before));
    expect(found).toMatchObject({
      status: 'failed',
      touched: ['/shop/price'],
      affected: [],
      scenarios: [{ scenarioId, name: 'buying', status: 'failed', counts: { failed: 1 } }],
    });
    const [{ recordId } = { recordId: null }] = found.scenarios;
    expect(await call('/runs/get', { id: recordId })).toMatchObject({
      name: 'buying (test on save)',
      type: 'scenario',
      status: 'failed',
      scenarioId,
    });
    const line = `test on save: 1 of 1 scenario did not pass: buying (run ${recordId} failed: steps[0] 'price of two'`;
    await expect.poll(() => server.output(), { timeout: 20_000 }).toContain(line);
    const lines = await server.logLines();
    expect(lines.find(({ message }) => String(message).startsWith('test on save'))).toMatchObject({
      kind: 'system',
      generation: found.generation,
      status: 'failed',
      runs: [recordId],
    });
  });

  it('a saved helper runs the scenarios of its importers, with the values of the last run', async () => {
    const before = await server.generation();
    await server.write('_lib/rate.ts', 'export const rate = 9.5;');
    expect(await outcome(after(before))).toMatchObject({
      status: 'passed',
      scenarios: [{ scenarioId, status: 'passed' }],
    });
    await expect
      .poll(() => server.output(), { timeout: 20_000 })
      .toContain('test on save: 1 scenario passed (buying)');
  });

  it('a save that no scenario reaches runs none', async () => {
    const runs = () => call<{ total: number }>('/runs/list', {}).then(({ total }) => total);
    const before = await runs();
    const generation = await server.generation();
    await server.write(
      'other.ts',
      `import { apiFunction } from 'api-deploy';\nexport const f = apiFunction((): number => 2);\n`,
    );
    expect(await outcome(after(generation))).toMatchObject({
      status: 'none',
      touched: ['/other/f'],
      scenarios: [],
    });
    expect(await runs()).toBe(before);
  });

  it('a breaking change lists the entries and steps that it affects, before the scenarios run', async () => {
    const before = await server.generation();
    await server.write('greetings.ts', greetings('Hello').replaceAll('name', 'whom'));
    const found = await outcome(after(before));
    expect(found).toMatchObject({
      status: 'failed',
      affected: [
        {
          endpoint: '/greetings/greet',
          entries: [{ id: ids['greet'], name: 'greet' }],
          steps: [{ scenarioId, scenario: 'buying', path: 'steps[1]' }],
        },
      ],
      scenarios: [{ scenarioId, status: 'failed' }],
    });
    await expect
      .poll(() => server.output(), { timeout: 20_000 })
      .toMatch(/breaking change of \/greetings\/greet[\s\S]*test on save: 1 of 1/);
    const notes = (await server.logLines()).map(({ message }) => String(message));
    const told = notes.find((note) => note.startsWith('breaking change of'));
    expect(told).toContain(`affects 1 catalog entry (${ids['greet']} greet) and 1 step (buying: steps[1])`);
    await server.write('greetings.ts', files['greetings.ts']);
    expect(await outcome(after(found.generation))).toMatchObject({ status: 'passed' });
  });

  it('nothing runs for a project that has not opted in', async () => {
    const { version } = await call<{ version: number }>('/projects/get', { id: ids['project'] });
    await call('/projects/update', {
      id: ids['project'],
      version,
      changes: { settings: { testOnSave: false } },
    });
    const before = await server.generation();
    await server.write('shop.ts', shop('amount * rate + 2'));
    expect(await outcome(after(before))).toMatchObject({ status: 'none', touched: ['/shop/price'] });
  });
});
