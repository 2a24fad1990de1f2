import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ResultSummary } from '../../../apis/_platform/model/run-record.ts';
import { openDatabase, type Database } from '../../../apis/_platform/storage/open-database.ts';
import { exitOf, startServer, type TestServer } from '../../support/start-server.ts';
import { createCatalog, type TestCatalog } from './support/catalog.ts';
import { apisDir } from './support/runs-service.ts';
import { startTarget, type TargetServer } from './support/target-server.ts';

let dir: string;
let file: string;
let target: TargetServer;
let server: TestServer;
let db: Database;
let catalog: TestCatalog;

const start = (env: Record<string, string> = {}) =>
  startServer({ dir, env: { APIS_DIR: apisDir, DATA_DIR: join(dir, 'data'), ...env } });

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'platform-kill-'));
  file = join(dir, 'data/platform.sqlite');
  target = await startTarget();
  server = await start();
  db = await openDatabase(file);
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

/** What a client has seen: everything that it could fetch before the kill. */
async function acknowledged(id: number): Promise<ResultSummary[]> {
  const seen: ResultSummary[] = [];
  for (let page = 1; ; page += 1) {
    const { items } = await call<{ items: ResultSummary[] }>('/runs/results', { id, page, pageSize: 200 });
    seen.push(...items);
    if (items.length < 200) return seen;
  }
}

async function kill(): Promise<void> {
  server.process.kill('SIGKILL');
  await exitOf(server.process);
}

function checkFile(): void {
  const plain = new SqliteDatabase(file);
  expect(plain.pragma('integrity_check', { simple: true })).toBe('ok');
  plain.close();
}

it('loses no acknowledged result and has none twice, however often the service is killed', async () => {
  const apiId = await catalog.api(`${target.url}/again`);
  target.delay = 10;
  const count = 400;
  const apiIds = Array.from({ length: count }, () => apiId);
  const { id } = await call<{ id: number }>('/runs/runMany', { apiIds, concurrency: 2 });
  let seen: ResultSummary[] = [];
  for (let round = 0; round < 3; round += 1) {
    const before = seen.length;
    await server.until('/runs/get', ({ json }) => json.data.counts.passed > before + 20, { id });
    seen = await acknowledged(id);
    await kill();
    checkFile();
    server = await start();
    const after = await acknowledged(id);
    expect(after.slice(0, seen.length)).toEqual(seen);
  }
  await server.until('/runs/get', ({ json }) => json.data.status === 'passed', { id });
  const all = await acknowledged(id);
  expect(all.map(({ sequence }) => sequence)).toEqual(Array.from({ length: count }, (_, index) => index));
  expect(new Set(all.map(({ iteration, path }) => `${iteration} ${path}`)).size).toBe(count);
  expect(await call('/runs/get', { id })).toMatchObject({
    counts: { total: count, passed: count },
  });
  checkFile();
});
