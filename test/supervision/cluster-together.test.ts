import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { request } from 'undici';
import { adminToken, startServer } from '../support/start-server.ts';
import { replaced, startCluster, until, type TestCluster } from './start-cluster.ts';

let cluster: TestCluster;
afterEach(() => cluster.stop());

const versioned = (version: number): string => `
import { apiFunction } from 'api-deploy';
export const version = apiFunction(() => ({ pid: process.pid, version: ${version} }));`;

const answers =
  (version: number) =>
  ({ data }: { data: unknown }): boolean =>
    (data as { version?: number } | undefined)?.version === version;

const spinning = `
import { apiFunction } from 'api-deploy';
import { spins } from './_spins.ts';
export const maybe = apiFunction((bad = false) => {
  if (bad) while (spins.now) {}
  return { pid: process.pid };
});`;

const spinningFiles = { 'm.ts': spinning, '_spins.ts': 'export const spins = { now: true };' };

async function sample(name: string): Promise<number> {
  const answer = await request(`${cluster.url}/metrics`, {
    headers: { authorization: `Bearer ${adminToken}` },
    reset: true,
  });
  const text = await answer.body.text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? 0);
}

test('/metrics adds all workers up, and nothing goes back when one of them is replaced', async () => {
  cluster = await startCluster({ files: { 'm.ts': versioned(1) } });
  const counted = 'api_deploy_requests_total{endpoint="/m/version",status="200",code=""}';
  const pids = new Set<unknown>();
  let calls = 0;
  while (pids.size < 2 || calls < 10) {
    const { data } = await cluster.callFresh('/m/version');
    pids.add((data as { pid: number }).pid);
    calls++;
  }
  expect(await sample(counted)).toBe(calls);
  await cluster.write('m.ts', versioned(2));
  await cluster.untilAll('/m/version', answers(2));
  expect(await sample('api_deploy_reloads_total{reason="save",outcome="swapped"}')).toBe(1);
  const before = await sample(counted);
  const [victim] = await cluster.workers();
  if (victim === undefined) throw new Error('no worker is there');
  process.kill(victim.pid, 'SIGKILL');
  await cluster.untilWorkers(replaced(victim.pid));
  expect(await sample(counted)).toBe(before);
  await cluster.callFresh('/m/version');
  expect(await sample(counted)).toBe(before + 1);
});

test('a function that blocks a worker is ended there, is in quarantine in all, and is lifted in all', async () => {
  cluster = await startCluster({
    files: spinningFiles,
    env: { WORKERS: '2', BLOCK_TIMEOUT: '200 ms', QUARANTINE_AFTER: '1' },
  });
  const before = await cluster.workers();
  expect((await cluster.callFresh('/m/maybe', { bad: true })).status).toBe(504);
  const listed = async (): Promise<string[]> =>
    (await cluster.admin('/api/quarantine')).json.data.quarantined.map(
      ({ endpoint }: { endpoint: string }) => endpoint,
    );
  // Whichever worker is asked.
  for (let refused = 0; refused < 12;) refused = (await refusedBy('/m/maybe')) ? refused + 1 : 0;
  expect(await listed()).toEqual(['/m/maybe']);
  expect((await cluster.workers()).map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid));

  const [victim] = before;
  if (victim === undefined) throw new Error('no worker is there');
  process.kill(victim.pid, 'SIGKILL');
  await cluster.untilWorkers(
    (workers) => replaced(victim.pid)(workers) && workers.every(({ state }) => state === 'serving'),
  );
  for (let call = 0; call < 12; call++) expect(await refusedBy('/m/maybe')).toBe(true);

  const lifted = await cluster.post('/api/quarantine/lift', { token: adminToken, endpoint: '/m/maybe' });
  expect(lifted.json.data).toEqual({ endpoint: '/m/maybe', lifted: true });
  await cluster.untilAll('/m/maybe', ({ status }) => status === 200);
  expect(await refusedBy('/m/maybe')).toBe(false);
  expect(await listed()).toEqual([]);
});

async function refusedBy(path: string): Promise<boolean> {
  const { status } = await cluster.callFresh(path);
  expect([200, 503]).toContain(status);
  return status === 503;
}

test('generations are listed by every worker and go on after a restart', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'api-deploy-test-'));
  try {
    cluster = await startCluster({ dir, files: { 'm.ts': versioned(1) } });
    await cluster.write('m.ts', versioned(2));
    await cluster.untilAll('/m/version', answers(2));
    const numbers = async (): Promise<number[]> =>
      (await cluster.admin('/api/generations')).json.data.generations.map(
        ({ generation }: { generation: number }) => generation,
      );
    await until(async () => (await numbers()).join() === '2,1', 'both generations');
    await cluster.stop();

    cluster = await startCluster({ dir });
    await cluster.write('m.ts', versioned(3));
    await cluster.untilAll('/m/version', answers(3));
    await until(async () => (await numbers())[0] === 4, 'the numbers go on');
    const workers = await cluster.workers();
    expect(workers.map(({ generation }) => generation)).toEqual([4, 4]);
    for (let call = 0; call < 8; call++) expect((await cluster.callFresh('/m/version')).generation).toBe(4);
  } finally {
    await cluster.stop();
    await rm(dir, { recursive: true, force: true });
  }
});

test('what one process has rolled back is held by several, until its file is saved', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'api-deploy-test-'));
  try {
    const single = await startServer({ dir, files: { 'm.ts': versioned(1) } });
    try {
      await single.write('m.ts', versioned(2));
      await single.until('/m/version', ({ json }) => json.data.version === 2);
      const back = await single.post('/api/rollback', { token: adminToken, generation: 1 });
      expect(back.status).toBe(200);
    } finally {
      await single.stop();
    }
    cluster = await startCluster({ dir });
    await cluster.untilAll('/m/version', answers(1));
    const state = await cluster.get('/');
    expect(state.json.data.modules.find(({ name }: { name: string }) => name === 'm')).toMatchObject({
      rolledBack: { generation: 1 },
    });
    const [victim] = await cluster.workers();
    if (victim === undefined) throw new Error('no worker is there');
    process.kill(victim.pid, 'SIGKILL');
    await cluster.untilWorkers(replaced(victim.pid));
    await cluster.untilAll('/m/version', answers(1));
    await cluster.write('m.ts', versioned(3));
    await cluster.untilAll('/m/version', answers(3));
    expect(
      (await cluster.get('/')).json.data.modules.every((module: object) => !('rolledBack' in module)),
    ).toBe(true);
    expect(cluster.output()).toContain('it is not held at generation 1 any more');
  } finally {
    await cluster.stop();
    await rm(dir, { recursive: true, force: true });
  }
});

test('a transpiler that hangs is given up and replaced, and what was saved meanwhile is served', async () => {
  cluster = await startCluster({
    files: { 'm.ts': versioned(1) },
    env: { WORKERS: '2', RELOAD_TIMEOUT: '2 s' },
  });
  const [transpiler, ...others] = execFileSync('ps', ['-o', 'pid=,comm=', '--ppid', `${cluster.process.pid}`])
    .toString()
    .split('\n')
    .flatMap((line) => (line.includes('esbuild') ? [Number.parseInt(line, 10)] : []));
  if (transpiler === undefined) throw new Error('no transpiler runs');
  expect(others).toEqual([]);
  process.kill(transpiler, 'SIGSTOP');
  try {
    await cluster.write('m.ts', versioned(2));
    await until(() => cluster.output().includes('it hung while transpiling'), 'the end of the hung reload');
    await cluster.write('other.ts', versioned(1));
    await cluster.untilAll('/other/version', answers(1));
    await cluster.untilAll('/m/version', answers(2));
  } finally {
    process.kill(transpiler, 'SIGKILL');
  }
});

test('functions cannot cut a worker off from its supervisor, nor end either', async () => {
  const cutting = `
    import { apiFunction } from 'api-deploy';
    export const cut = apiFunction(() => {
      process.removeAllListeners('message');
      process.removeAllListeners();
      return process.listenerCount('message');
    });
    export const end = apiFunction(() => process.kill(process.ppid, 'SIGTERM'));
    export const leave = apiFunction(() => process.disconnect());`;
  cluster = await startCluster({ files: { 'cutting.ts': cutting, 'm.ts': versioned(1) } });
  const before = await cluster.workers();
  for (let call = 0; call < 8; call++) {
    expect((await cluster.callFresh('/cutting/cut')).data).toBe(1);
    expect((await cluster.callFresh('/cutting/end')).status).toBe(500);
    expect((await cluster.callFresh('/cutting/leave')).status).toBe(500);
  }
  await cluster.write('m.ts', versioned(2));
  await cluster.untilAll('/m/version', answers(2));
  expect((await cluster.workers()).map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid));
});
