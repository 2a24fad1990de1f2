import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../apis/_platform/model/run-record.ts';
import { openDatabase, type Database } from '../../../apis/_platform/storage/open-database.ts';
import { startServer, type TestServer } from '../../support/start-server.ts';
import { createCatalog, type TestCatalog } from './support/catalog.ts';
import { apisDir } from './support/runs-service.ts';
import { startTarget, type TargetServer } from './support/target-server.ts';

let dir: string;
let target: TargetServer;
let server: TestServer;
let db: Database;
let catalog: TestCatalog;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'platform-workers-'));
  target = await startTarget();
  const env = { APIS_DIR: apisDir, DATA_DIR: join(dir, 'data'), WORKERS: '2' };
  server = await startServer({ dir, env });
  db = await openDatabase(join(dir, 'data/platform.sqlite'));
  catalog = await createCatalog(db);
});
afterAll(async () => {
  await server.stop();
  await db.destroy();
  await target.close();
  await rm(dir, { recursive: true, force: true });
});

async function call<T>(path: string, body: unknown): Promise<T> {
  const { status, json } = await server.call(path, body);
  if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(json)}`);
  return json.data as T;
}

async function startRun(prefix: string, count: number): Promise<number> {
  const apiIds = [];
  for (let index = 0; index < count; index += 1)
    apiIds.push(await catalog.api(`${target.url}/${prefix}/${index}`));
  return (await call<RunRecord>('/runs/runMany', { apiIds, concurrency: 1 })).id;
}

async function pidOf(id: number): Promise<number> {
  const query = db.selectFrom('testRecords').select('owner').where('id', '=', id);
  return Number((await query.executeTakeFirstOrThrow()).owner?.split(':')[2]);
}

describe('two workers', () => {
  it('both know a run, and either can cancel it', async () => {
    target.delay = 30;
    const id = await startRun('cancel', 300);
    // Connections are kept, and reach both workers.
    const states = await Promise.all(Array.from({ length: 16 }, () => call<RunRecord>('/runs/get', { id })));
    expect(new Set(states.map(({ status }) => status))).toEqual(new Set(['running']));
    await Promise.allSettled(Array.from({ length: 4 }, () => call('/runs/cancel', { id })));
    await server.until('/runs/get', ({ json }) => json.data.status === 'cancelled', { id });
    const asked = target.asked.size;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(target.asked.size).toBe(asked);
  });

  it('take over from each other when one is killed', async () => {
    target.delay = 20;
    const id = await startRun('killed', 150);
    await server.until('/runs/get', ({ json }) => json.data.counts.passed > 10, { id });
    process.kill(await pidOf(id), 'SIGKILL');
    const read = db.selectFrom('testRecords').select(['status', 'passed']).where('id', '=', id);
    // Not over the kept connections: those to the killed one are gone.
    const state = { timeout: 20_000 };
    await expect.poll(async () => (await read.executeTakeFirstOrThrow()).status, state).toBe('passed');
    expect((await read.executeTakeFirstOrThrow()).passed).toBe(150);
    const rows = await db
      .selectFrom('testResults')
      .select(['iteration', 'path'])
      .where('recordId', '=', id)
      .execute();
    expect(new Set(rows.map(({ iteration, path }) => `${iteration} ${path}`)).size).toBe(150);
  });
});
