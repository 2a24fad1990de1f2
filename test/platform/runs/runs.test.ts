import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Comparison } from '../../../apis/_platform/runs/compare-records.ts';
import type { Page } from '../../../apis/_platform/model/page.ts';
import type { ResultSummary, RunRecord } from '../../../apis/_platform/model/run-record.ts';
import type { WholeResult } from '../../../apis/_platform/runs/read-results.ts';
import type { RunEvent } from '../../../apis/_platform/runs/run-events.ts';
import { createRunsService, type RunsService } from './support/runs-service.ts';

let service: RunsService;
beforeAll(async () => {
  service = await createRunsService();
});
afterAll(() => service.close());

const call = <T>(path: string, body?: Record<string, unknown>) => service.call<T>(path, body);
const run = (path: string, body: Record<string, unknown>) =>
  call<RunRecord>(`/runs/${path}`, { wait: true, ...body });
const resultsOf = async (id: number, more: Record<string, unknown> = {}) =>
  (await call<Page<ResultSummary>>('/runs/results', { id, pageSize: 200, ...more })).items;
const statusIs = (expected: number) => ({ on: 'status', operator: 'equals', expected }) as const;

describe('runs', () => {
  it('start at once, and are followed to their end', async () => {
    const { catalog, target } = service;
    const apiIds = await Promise.all(['/a', '/b', '/c'].map((path) => catalog.api(target.url + path)));
    const started = await call<RunRecord>('/runs/runMany', { apiIds });
    expect(started).toMatchObject({ type: 'parallel', status: 'running', projectId: catalog.projectId });
    const events: RunEvent[] = [];
    for await (const event of await call<AsyncIterable<RunEvent>>('/runs/events', { id: started.id }))
      events.push(event);
    expect(events.filter(({ type }) => type === 'result')).toHaveLength(3);
    expect(events.at(-1)).toMatchObject({
      type: 'end',
      record: { status: 'passed', counts: { passed: 3, total: 3 } },
    });
    const items = await resultsOf(started.id);
    expect(new Set(items.map(({ url }) => url))).toEqual(
      new Set(['/a', '/b', '/c'].map((path) => target.url + path)),
    );
    expect(await call<WholeResult>('/runs/result', { id: items[0]?.id })).toMatchObject({
      recordId: started.id,
      response: { status: 200 },
    });
  });

  it('send a request as often as asked, side by side', async () => {
    const apiId = await service.catalog.api(`${service.target.url}/often`);
    const record = await run('runOne', { apiId, iterations: 250, concurrency: 16, name: 'often' });
    expect(record).toMatchObject({ name: 'often', type: 'normal', status: 'passed' });
    expect(record.counts).toMatchObject({ total: 250, passed: 250 });
    expect(service.target.asked.get('/often')).toBe(250);
    const iterations = (await resultsOf(record.id)).map(({ iteration }) => iteration);
    expect(new Set(iterations).size).toBe(200);
  });

  it('pass values from one request of a sequence to the next, and rows to each iteration', async () => {
    const { catalog, target } = service;
    const first = await catalog.api(`${target.url}/first/{{user}}`, {
      extractions: [{ name: 'seen', from: 'jsonPath', path: '$.path' }],
    });
    const second = await catalog.api(`${target.url}/second{{seen}}`);
    const rows = [{ user: 'ada' }, { user: 'bob' }];
    const record = await run('runSequence', { apiIds: [first, second], rows });
    expect(record).toMatchObject({ status: 'passed', counts: { total: 4, passed: 4 } });
    const urls = (await resultsOf(record.id, { path: 'requests[1]' })).map(({ url }) => url);
    expect(urls).toEqual([`${target.url}/second/first/ada`, `${target.url}/second/first/bob`]);
  });

  it('send a request that is not in the catalog', async () => {
    const { catalog, target } = service;
    const request = {
      method: 'POST',
      url: `${target.url}/editor?x={{x}}`,
      pathParams: [],
      params: [],
      headers: [],
      body: { type: 'json', value: { x: '{{x}}' } },
      auth: { type: 'none' },
    };
    const record = await run('runRequest', {
      projectId: catalog.projectId,
      request,
      variables: { x: 5 },
      assertions: [statusIs(200)],
    });
    expect(record).toMatchObject({ name: `POST ${request.url}`, status: 'passed' });
    const [item] = await resultsOf(record.id);
    const whole = await call<WholeResult>('/runs/result', { id: item?.id });
    expect(whole).toMatchObject({
      request: { body: { text: '{"x":5}' } },
      assertions: [{ status: 'passed' }],
    });
  });

  it('send a request of which only the address is said, alone and as a step', async () => {
    const { catalog, target } = service;
    const request = { url: `${target.url}/short` };
    const record = await run('runRequest', { projectId: catalog.projectId, request });
    expect(record).toMatchObject({ name: `GET ${request.url}`, status: 'passed' });
    const scenario = await call<{ id: number }>('/scenarios/create', {
      moduleId: catalog.moduleId,
      name: 'short',
      steps: { steps: [{ type: 'request', request: { ...request, method: 'delete' } }] },
    });
    const { id } = await run('runScenario', { scenarioId: scenario.id });
    expect(await resultsOf(id)).toMatchObject([
      { name: `DELETE ${request.url}`, method: 'DELETE', status: 'passed' },
    ]);
  });

  it('choose requests by a filter', async () => {
    const { catalog, target } = service;
    await catalog.api(`${target.url}/chosen/1`);
    await catalog.api(`${target.url}/chosen/2`);
    const filter = { projectId: catalog.projectId, text: '/CHOSEN/' };
    expect((await run('runMany', { filter })).counts).toMatchObject({ total: 2, passed: 2 });
    await expect(run('runMany', { filter: { ...filter, text: 'nothing like it' } })).rejects.toMatchObject({
      code: 'NOTHING_TO_RUN',
    });
    await expect(run('runMany', {})).rejects.toThrow(/either 'apiIds' or 'filter', got neither/);
  });

  it('refuse what cannot be run, before a record is made', async () => {
    const before = (await call<Page<RunRecord>>('/runs/list')).total;
    const apiId = await service.catalog.api(service.target.url);
    await expect(run('runOne', { apiId: 99_999 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(run('runOne', { apiId, environmentId: 99_999 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(run('runOne', { apiId, datasetId: 99_999 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(run('runOne', { apiId, rows: [] })).rejects.toMatchObject({ code: 'DATASET_EMPTY' });
    await expect(run('runOne', { apiId, concurrency: 257 })).rejects.toThrow(/from 1 to 256, got '257'/);
    expect((await call<Page<RunRecord>>('/runs/list')).total).toBe(before);
  });

  it('repeat what failed, and compare the two', async () => {
    const { catalog, target } = service;
    const apiIds = [];
    for (const name of ['x', 'y', 'z'])
      apiIds.push(await catalog.api(`${target.url}/again/${name}`, { assertions: [statusIs(200)] }));
    target.status = (path) => (path === '/again/y' ? 500 : 200);
    const base = await run('runMany', { apiIds, iterations: 2 });
    expect(base).toMatchObject({ status: 'failed', counts: { total: 6, passed: 4, failed: 2 } });
    target.status = () => 200;
    const asked = target.asked.get('/again/x');
    const head = await run('rerunFailed', { id: base.id });
    expect(head).toMatchObject({ status: 'passed', counts: { total: 2, passed: 2 } });
    expect(target.asked.get('/again/x')).toBe(asked);
    const comparison = await call<Comparison>('/runs/compare', { base: base.id, head: head.id });
    expect(comparison.counts).toMatchObject({ newlyPassed: 2, newlyFailed: 0, onlyInBase: 4, onlyInHead: 0 });
    expect(comparison.newlyPassed[0]).toMatchObject({ base: { httpStatus: 500 }, head: { httpStatus: 200 } });
    await expect(run('rerunFailed', { id: head.id })).rejects.toMatchObject({ code: 'NOTHING_FAILED' });
  });

  it('of a scenario repeat the iterations that failed', async () => {
    const { catalog, target } = service;
    const get = await catalog.api(`${target.url}/flow/{{n}}`, { assertions: [statusIs(200)] });
    const scenarioId = await catalog.scenario({
      steps: [
        { type: 'set', variables: { n: '{{row}}' } },
        { type: 'api', api: get },
        { type: 'call', call: '/template/syncHello', arguments: { name: '{{n}}' } },
      ],
    });
    target.status = (path) => (path === '/flow/2' ? 500 : 200);
    const base = await run('runScenario', { scenarioId, rows: [{ row: '1' }, { row: '2' }, { row: '3' }] });
    expect(base).toMatchObject({ status: 'failed', scenarioId, counts: { failed: 1 } });
    target.status = () => 200;
    const asked = target.asked.get('/flow/1');
    const head = await run('rerunFailed', { id: base.id });
    expect(head).toMatchObject({ status: 'passed', counts: { total: 2, passed: 2 } });
    expect(target.asked.get('/flow/1')).toBe(asked);
    expect((await resultsOf(head.id)).map(({ iteration }) => iteration)).toEqual([1, 1]);
    const reached = await service.db.selectFrom('reachedEndpoints').selectAll().execute();
    expect(reached).toEqual([{ scenarioId, endpoint: '/template/syncHello' }]);
  });

  it('stay when who waits leaves, unless that was asked for', async () => {
    const { catalog, target } = service;
    target.delay = 20;
    const apiId = await catalog.api(`${target.url}/slow`);
    for (const cancelOnLeave of [false, true]) {
      const leaving = new AbortController();
      const body = { apiId, iterations: 30, wait: true, cancelOnLeave, name: `leave ${cancelOnLeave}` };
      const waiting = service.caller.call('/runs/runOne', body, { signal: leaving.signal });
      await expect
        .poll(async () => (await call<Page<RunRecord>>('/runs/list', { text: body.name })).total)
        .toBe(1);
      leaving.abort();
      await waiting.catch(() => undefined);
      const ended = async () =>
        (await call<Page<RunRecord>>('/runs/list', { text: body.name })).items[0]?.status;
      await expect.poll(ended, { timeout: 10_000 }).toBe(cancelOnLeave ? 'cancelled' : 'passed');
    }
    target.delay = 0;
  });

  it('are cancelled with requests in flight', async () => {
    const { catalog, target } = service;
    target.delay = 60_000;
    const apiId = await catalog.api(`${target.url}/never`);
    const { id } = await call<RunRecord>('/runs/runOne', { apiId, iterations: 50, concurrency: 5 });
    await expect.poll(() => target.asked.get('/never')).toBe(5);
    await call('/runs/cancel', { id });
    await expect.poll(async () => (await call<RunRecord>('/runs/get', { id })).status).toBe('cancelled');
    target.delay = 0;
    expect((await call<RunRecord>('/runs/get', { id })).counts).toMatchObject({ total: 50, cancelled: 5 });
    await expect(call('/runs/cancel', { id })).resolves.toMatchObject({ status: 'cancelled' });
    await call('/runs/remove', { id });
    await expect(call('/runs/get', { id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('retention', () => {
  it('keeps what is asked for, else what the settings of the project say', async () => {
    const { catalog } = service;
    const apiId = await catalog.api(`${service.target.url}/kept`);
    const ids = [];
    for (let n = 0; n < 3; n += 1) ids.push((await run('runOne', { apiId })).id);
    const { projectId } = catalog;
    const kept = async () =>
      (await call<Page<RunRecord>>('/runs/list', { projectId })).items.map(({ id }) => id);
    expect(await call('/runs/applyRetention', { projectId })).toEqual({ removed: [] });
    await call('/runs/applyRetention', { projectId, records: 2 });
    expect(await kept()).toEqual([ids[2], ids[1]]);
    const settingsJson = JSON.stringify({ retention: { records: 1 } });
    await service.db.updateTable('projects').set({ settingsJson }).where('id', '=', projectId).execute();
    expect(await call('/runs/applyRetention', { projectId })).toEqual({ removed: [ids[1]] });
    expect(await kept()).toEqual([ids[2]]);
    await expect(call('/runs/applyRetention', { projectId: 99_999 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

/** A run whose owner has vanished, with what it had acknowledged. */
async function orphan(plan: Record<string, unknown>, over: Record<string, unknown> = {}): Promise<number> {
  const apiId = await service.catalog.api(`${service.target.url}/orphan`);
  const { id } = await run('runOne', { apiId, iterations: 3 });
  const { configJson } = await service.db
    .selectFrom('testRecords')
    .select('configJson')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  await service.db
    .updateTable('testRecords')
    .set({
      status: 'running',
      configJson: JSON.stringify({ ...(JSON.parse(configJson) as object), ...plan }),
      owner: 'gone',
      leaseUntil: '2020-01-01T00:00:00.000Z',
      completedAt: null,
      ...over,
    })
    .where('id', '=', id)
    .execute();
  return id;
}

describe('a run whose owner vanished', () => {
  const ended = async (id: number) => {
    await expect
      .poll(async () => (await call<RunRecord>('/runs/get', { id })).status, { timeout: 10_000 })
      .not.toBe('running');
    return await call<RunRecord>('/runs/get', { id });
  };

  it('goes on with the first request that has no result', async () => {
    const id = await orphan({ iterations: 8 });
    const asked = service.target.asked.get('/orphan') ?? 0;
    expect(await ended(id)).toMatchObject({ status: 'passed', counts: { passed: 8 } });
    expect(service.target.asked.get('/orphan')).toBe(asked + 5);
  });

  it('is interrupted when its plan is of another version, with all of its results', async () => {
    const id = await orphan({ version: 0 });
    expect(await ended(id)).toMatchObject({
      status: 'interrupted',
      error: { code: 'PLAN_OUTDATED', message: expect.stringContaining("version '0'") },
      counts: { passed: 3 },
    });
    expect(await resultsOf(id)).toHaveLength(3);
  });

  it('is interrupted when everybody who takes it over vanishes', async () => {
    const id = await orphan({ iterations: 8 }, { takeovers: 4 });
    expect(await ended(id)).toMatchObject({ status: 'interrupted', error: { code: 'TAKEN_OVER_TOO_OFTEN' } });
  });

  it('adds nothing when it awakes and the run has another owner', async () => {
    const { catalog, target } = service;
    target.delay = 20;
    const apiId = await catalog.api(`${target.url}/stolen`);
    const { id } = await call<RunRecord>('/runs/runOne', { apiId, iterations: 500 });
    await expect
      .poll(async () => (await call<RunRecord>('/runs/get', { id })).counts.passed)
      .toBeGreaterThan(2);
    await service.db
      .updateTable('testRecords')
      .set({ owner: 'thief', leaseUntil: '2100-01-01T00:00:00.000Z' })
      .where('id', '=', id)
      .execute();
    const { counts } = await call<RunRecord>('/runs/get', { id });
    const left = target.asked.get('/stolen') ?? 0;
    await expect
      .poll(
        async () => {
          const before = target.asked.get('/stolen');
          await new Promise((resolve) => setTimeout(resolve, 100));
          return target.asked.get('/stolen') === before;
        },
        { timeout: 10_000 },
      )
      .toBe(true);
    expect(target.asked.get('/stolen')).toBeLessThan(left + 100);
    expect(await call<RunRecord>('/runs/get', { id })).toMatchObject({ status: 'running', counts });
    expect(await resultsOf(id)).toHaveLength(counts.passed);
    await service.db.updateTable('testRecords').set({ status: 'interrupted' }).where('id', '=', id).execute();
    target.delay = 0;
  });

  it('takes the values over that a scenario had found', async () => {
    const { catalog, target } = service;
    const find = await catalog.api(`${target.url}/find`, {
      extractions: [{ name: 'found', from: 'jsonPath', path: '$.path' }],
    });
    const use = await catalog.api(`${target.url}/use{{found}}`);
    const scenarioId = await catalog.scenario({
      steps: [
        { type: 'api', api: find },
        { type: 'api', api: use },
      ],
    });
    const { id } = await run('runScenario', { scenarioId });
    const second = { recordId: id, path: 'steps[1]' };
    await service.db
      .deleteFrom('testResults')
      .where((where) => where.and(second))
      .execute();
    await service.db
      .updateTable('testRecords')
      .set({ status: 'running', passed: 1, completedAt: null })
      .where('id', '=', id)
      .execute();
    expect(await ended(id)).toMatchObject({ status: 'passed', counts: { passed: 2 } });
    expect(target.asked.get('/find')).toBe(1);
    expect(target.asked.get('/use/find')).toBe(2);
  });
});
