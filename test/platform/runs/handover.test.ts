import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../apis/_platform/model/run-record.ts';
import { createRunsService, type RunsService } from './support/runs-service.ts';

let service: RunsService;
beforeAll(async () => {
  service = await createRunsService({ copy: true });
});
afterAll(() => service.close());

const count = 80;

/** A run that takes a while, each request to a path of its own. */
async function startLongRun(): Promise<number> {
  const { catalog, target } = service;
  target.delay = 25;
  target.asked.clear();
  const apiIds = [];
  for (let index = 0; index < count; index += 1) apiIds.push(await catalog.api(`${target.url}/${index}`));
  const { id } = await service.call<RunRecord>('/runs/runMany', { apiIds, concurrency: 1 });
  return id;
}

const get = (id: number) => service.call<RunRecord>('/runs/get', { id });

async function ownerOf(id: number): Promise<string | null> {
  const query = service.db.selectFrom('testRecords').select('owner').where('id', '=', id);
  return (await query.executeTakeFirstOrThrow()).owner;
}

async function expectWholeRun(id: number): Promise<void> {
  await expect.poll(async () => (await get(id)).status, { timeout: 20_000 }).toBe('passed');
  expect((await get(id)).counts).toMatchObject({ total: count, passed: count });
  // Stopped between two requests: none was sent twice.
  expect([...service.target.asked.values()]).toEqual(Array.from({ length: count }, () => 1));
}

describe('a reload in the middle of a run', () => {
  it('of the functions leaves the run alone', async () => {
    const id = await startLongRun();
    await expect.poll(() => service.target.asked.size).toBeGreaterThan(5);
    const owner = await ownerOf(id);
    await appendFile(join(service.apisDir, 'runs.ts'), '\n// changed\n');
    expect((await service.caller.reload()).loaded).toContain('runs');
    expect(await get(id)).toMatchObject({ status: 'running' });
    expect(await ownerOf(id)).toBe(owner);
    await expectWholeRun(id);
  });

  it('of what runs it hands it over to the new version, between two requests', async () => {
    const id = await startLongRun();
    await expect.poll(() => service.target.asked.size).toBeGreaterThan(5);
    const owner = await ownerOf(id);
    await appendFile(join(service.apisDir, '_platform/runs/gate.ts'), '\n// changed\n');
    await service.caller.reload();
    await expect.poll(async () => ((await ownerOf(id)) ?? owner) !== owner, { timeout: 10_000 }).toBe(true);
    expect(service.target.asked.size).toBeLessThan(count);
    await expectWholeRun(id);
  });
});
