import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RequestResult } from '../../../apis/_platform/model/result.ts';
import { openDatabase, type Database } from '../../../apis/_platform/storage/open-database.ts';
import type { ProjectStatistics } from '../../../apis/reports.ts';
import { createCaller, type TestCaller } from '../../../src/testing.ts';
import { projectRoot } from '../../support/start-server.ts';
import { addApi, addProject, addRun } from './stored-runs.ts';
import { makeResult } from './make-run.ts';

let dataDir: string;
let caller: TestCaller;
let db: Database;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'api-deploy-reports-'));
  caller = await createCaller({
    projectDir: dataDir,
    apisDir: join(projectRoot, 'apis'),
    config: { dataDir },
  });
  expect(caller.failures).toEqual([]);
  db = await openDatabase(join(dataDir, 'platform.sqlite'));
});
afterAll(async () => {
  await db?.destroy();
  await caller?.close();
  await rm(dataDir, { recursive: true, force: true });
});

const statistics = (projectId: number, more: Record<string, unknown> = {}): Promise<ProjectStatistics> =>
  caller.call<ProjectStatistics>('/reports/statistics', { projectId, ...more });

describe('reports of a stored run', () => {
  let run: number;
  beforeAll(async () => {
    const project = await addProject(db);
    // More than a page of results.
    const results = Array.from({ length: 120 }, (_, iteration) =>
      makeResult({ iteration, status: iteration === 7 ? 'failed' : 'passed' }),
    );
    run = await addRun(db, { project, results });
  });

  test('as JSON, with every result', async () => {
    const answer = await caller.call<Response>('/reports/json', { run });
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="run-${run}.json"`);
    const report = (await answer.json()) as { results: RequestResult[] };
    expect(report).toMatchObject({
      id: run,
      project: 'shop',
      status: 'failed',
      counts: { passed: 119, failed: 1 },
    });
    expect(report.results.map(({ iteration }) => iteration)).toEqual(
      Array.from({ length: 120 }, (_, i) => i),
    );
    expect(report.results[0]).toEqual(makeResult());
  });

  test('as JUnit XML and as HTML in two languages', async () => {
    const junit = await caller.call<Response>('/reports/junit', { run });
    expect(junit.headers.get('content-type')).toBe('application/xml; charset=utf-8');
    expect((await junit.text()).match(/<testcase /g)).toHaveLength(121);
    const html = await (await caller.call<Response>('/reports/html', { run, lang: 'zh' })).text();
    expect(html).toContain('<html lang="zh-CN">');
    expect(html.trimEnd().endsWith('</html>')).toBe(true);
    await expect(caller.call('/reports/html', { run, lang: 'fr' })).rejects.toMatchObject({ status: 422 });
  });

  test('a client that leaves in the middle stops the work', async () => {
    const answer = await caller.call<Response>('/reports/json', { run });
    const reader = answer.body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    await reader?.cancel();
    // It serves on.
    expect((await (await caller.call<Response>('/reports/junit', { run })).text()).length).toBeGreaterThan(0);
  });

  test('a run that is not there is said so', async () => {
    await expect(caller.call('/reports/json', { run: 9999 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('statistics of a project', () => {
  test('counts, pass rate and percentiles, in all and per day of the time zone', async () => {
    const project = await addProject(db);
    const yesterday = new Date(Date.now() - 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
    const at = (time: string, total: number, status: RequestResult['status']): RequestResult =>
      makeResult({ path: time, startedAt: `${yesterday}T${time}.000Z`, timings: { total }, status });
    await addRun(db, { project, results: [at('10:00:00', 10, 'passed'), at('10:00:01', 20, 'failed')] });
    await addRun(db, { project, results: [at('20:00:00', 30, 'passed'), at('20:00:01', 40, 'skipped')] });
    const found = await statistics(project);
    expect(found).toMatchObject({
      runs: 2,
      counts: { total: 4, passed: 2, failed: 1, skipped: 1 },
      passRate: 2 / 3,
      times: { count: 4, min: 10, max: 40 },
    });
    expect(found.trend.map(({ day, counts }) => [day, counts.total])).toEqual([[yesterday, 4]]);
    expect(Math.abs((found.times.p50 ?? 0) - 20)).toBeLessThan(0.21);
    // In Shanghai it was the next day at 20:00 UTC.
    const { trend } = await statistics(project, { timeZone: 'Asia/Shanghai' });
    expect(trend.map(({ runs, counts, passRate }) => [runs, counts.total, passRate])).toEqual([
      [1, 2, 0.5],
      [1, 2, 1],
    ]);
    await expect(statistics(project, { timeZone: 'Mars/Olympus' })).rejects.toMatchObject({
      code: 'INVALID_TIME_ZONE',
      message: expect.stringContaining("got 'Mars/Olympus'"),
    });
  });

  test('the slowest and the most failing requests come first', async () => {
    const project = await addProject(db);
    const times = (name: string, totals: number[], failures = 0): RequestResult[] =>
      totals.map((total, index) =>
        makeResult({
          name,
          path: `${name}-${index}`,
          timings: { total },
          status: index < failures ? 'failed' : 'passed',
        }),
      );
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    await addRun(db, { project, results: [...times('slow', hundred, 3), ...times('quick', [1, 2], 1)] });
    const found = await statistics(project);
    expect(found.slowest).toEqual([
      {
        api: null,
        name: 'slow',
        method: 'GET',
        count: 100,
        mean: 50.5,
        p95: expect.closeTo(95, -0.3),
        max: 100,
      },
      { api: null, name: 'quick', method: 'GET', count: 2, mean: 1.5, p95: expect.closeTo(2, 1), max: 2 },
    ]);
    expect(found.mostFailing).toEqual([
      { api: null, name: 'slow', method: 'GET', failures: 3, count: 100, rate: 0.03 },
      { api: null, name: 'quick', method: 'GET', failures: 1, count: 2, rate: 0.5 },
    ]);
    expect((await statistics(project, { limit: 1 })).slowest).toHaveLength(1);
  });

  test('flaky is what passes and fails without a change, and with the same data', async () => {
    const project = await addProject(db);
    const before = new Date(Date.now() - 60_000).toISOString();
    const steady = await addApi(db, project, { name: 'steady', updatedAt: before });
    const changed = await addApi(db, project, {
      name: 'changed',
      updatedAt: new Date(Date.now() - 5000).toISOString(),
    });
    const byRow = await addApi(db, project, { name: 'by row', updatedAt: before });
    const at = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();
    for (const [seconds, status] of [
      [20, 'passed'],
      [19, 'failed'],
      [1, 'passed'],
    ] as const) {
      const row = (iteration: number): Partial<RequestResult> => ({
        iteration,
        status: iteration === 0 ? 'passed' : 'failed',
        variables: [{ name: 'user', scope: 'dataset', value: `user ${iteration}` }],
      });
      await addRun(db, {
        project,
        results: [
          makeResult({ name: 'steady', path: 'a', api: steady, status, startedAt: at(seconds) }),
          // Failed before it was changed, passes since.
          makeResult({
            name: 'changed',
            path: 'b',
            api: changed,
            status: seconds > 5 ? 'failed' : 'passed',
            startedAt: at(seconds),
          }),
          // The second row of the data never passes: that is no flake.
          ...[0, 1].map((iteration) =>
            makeResult({ name: 'by row', path: 'c', api: byRow, startedAt: at(seconds), ...row(iteration) }),
          ),
        ],
      });
    }
    const { flaky } = await statistics(project);
    expect(flaky).toMatchObject([{ api: steady, name: 'steady', path: 'a', passed: 2, failed: 1, flips: 2 }]);
    expect(await caller.call('/reports/flaky', { projectId: project })).toEqual(flaky);
  });

  test('a project that is not there is said so', async () => {
    await expect(statistics(9999)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
