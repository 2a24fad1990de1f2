import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from '../../../apis/_platform/model/page.ts';
import type { Schedule, ScheduleRun } from '../../../apis/_platform/model/schedule.ts';
import { createCaller, type TestCaller } from '../../../src/testing.ts';
import { createRunsService, type RunsService } from '../runs/support/runs-service.ts';

let service: RunsService;
beforeAll(async () => {
  service = await createRunsService({ copy: true });
});
afterAll(() => service?.close());

async function untilEnded(caller: TestCaller, id: number, count: number): Promise<ScheduleRun[]> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const { items } = await caller.call<Page<ScheduleRun>>('/schedules/history', { id, pageSize: 200 });
    if (items.filter(({ status }) => status === 'ended').length >= count) return items;
    if (Date.now() > deadline) throw new Error(`expected ${count} runs, got ${JSON.stringify(items)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function expectEachDueOnce(runs: readonly ScheduleRun[]): void {
  const started = runs.filter(({ status }) => status !== 'missed').map(({ dueAt }) => dueAt);
  expect(new Set(started).size).toBe(started.length);
}

test('a schedule goes on over a reload of its code and over a restart; what it missed is counted', async () => {
  const api = await service.catalog.api(`${service.target.url}/orders`);
  const { id } = await service.call<Schedule>('/schedules/create', {
    projectId: service.catalog.projectId,
    name: 'every second',
    cron: '* * * * * *',
    target: { type: 'requests', apiIds: [api] },
  });
  await untilEnded(service.caller, id, 1);
  await appendFile(join(service.apisDir, '_platform/schedules/scheduler.ts'), '\n// saved once more\n');
  const { loaded } = await service.caller.reload();
  expect(loaded).toContain('schedules');
  const before = await untilEnded(service.caller, id, 3);
  expectEachDueOnce(before);
  await service.caller.close();

  const left = (await service.db.selectFrom('schedules').selectAll().executeTakeFirstOrThrow()).nextRunAt;
  // At least two more due times pass.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  const restarted = await createCaller({
    projectDir: service.dir,
    apisDir: service.apisDir,
    config: { dataDir: 'data' },
    env: {},
  });
  try {
    expect(restarted.failures).toEqual([]);
    const ended = before.filter(({ status }) => status === 'ended').length;
    const after = await untilEnded(restarted, id, ended + 2);
    expectEachDueOnce(after);
    const gap = after.find(({ status, dueAt }) => status === 'missed' && dueAt === left);
    expect(gap).toMatchObject({ error: { code: 'SERVICE_DOWN' } });
    expect(gap?.count).toBeGreaterThanOrEqual(2);
    const { missedRuns } = await restarted.call<Schedule>('/schedules/disable', { id });
    const missed = after.filter(({ status }) => status === 'missed');
    expect(missedRuns).toBeGreaterThanOrEqual(missed.reduce((sum, { count }) => sum + count, 0));
  } finally {
    await restarted.close();
  }
});
