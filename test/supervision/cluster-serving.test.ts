import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { adminToken } from '../support/start-server.ts';
import { replaced, startCluster, until, type TestCluster } from './start-cluster.ts';
import { startLoad } from './steady-load.ts';

let cluster: TestCluster;
afterEach(() => cluster.stop());

const versioned = (version: number, more = ''): string => `
import { execFileSync } from 'node:child_process';
import { apiFunction } from 'api-deploy';
export const version = apiFunction(() => ({ pid: process.pid, version: ${version} }));
${more}`;

const answers =
  (version: number) =>
  ({ data }: { data: unknown }): boolean =>
    (data as { version?: number } | undefined)?.version === version;

test('both workers answer, and GET / shows them', async () => {
  cluster = await startCluster({ files: { 'm.ts': versioned(1) } });
  await cluster.untilAll('/m/version', answers(1));
  const workers = await cluster.workers();
  expect(workers).toMatchObject([
    { state: 'serving', generation: 1, restarts: 0 },
    { state: 'serving', generation: 1, restarts: 0 },
  ]);
  expect(workers.map(({ pid }) => pid)).not.toContain(cluster.process.pid);
});

test('a save is served by both, with one line in the log', async () => {
  cluster = await startCluster({ files: { 'm.ts': versioned(1) } });
  await cluster.write('m.ts', versioned(2));
  await cluster.until('/m/version', answers2);
  // From the first answer of the new generation on, nobody gives an older one.
  await cluster.untilAll('/m/version', (answer) => {
    expect(answer.data).toMatchObject({ version: 2 });
    return true;
  });
  const lines = (await cluster.logLines()).filter(({ message }) =>
    String(message).startsWith('generation 2 serves'),
  );
  expect(lines).toHaveLength(1);
});

const answers2 = ({ json }: { json: { data?: { version?: number } } }): boolean => json.data?.version === 2;

test('a broken save changes nothing anywhere, is told once, and is mended by the next one', async () => {
  cluster = await startCluster({ files: { 'm.ts': versioned(1) } });
  await cluster.write('m.ts', versioned(2, 'throw new Error("at load");'));
  const state = await cluster.until('/', ({ json }) => json.data.modules.some((m: object) => 'error' in m));
  expect(state.json.data.modules).toContainEqual(
    expect.objectContaining({ name: 'm', error: expect.objectContaining({ cause: 'Error: at load' }) }),
  );
  await cluster.untilAll('/m/version', answers(1));
  await cluster.write('m.ts', versioned(3));
  await cluster.until('/m/version', ({ json }) => json.data.version === 3);
  await cluster.untilAll('/m/version', answers(3));
  const told = (await cluster.logLines()).filter(({ message }) => String(message).includes('at load'));
  expect(told).toHaveLength(1);
});

test('a worker that takes the place of another serves the last good version, while a save is broken', async () => {
  cluster = await startCluster({ files: { 'm.ts': versioned(1), '_lib/h.ts': 'export const h = 1;' } });
  await cluster.write('m.ts', versioned(2));
  await cluster.until('/m/version', answers2);
  await cluster.write('m.ts', 'export const broken = (');
  await cluster.until('/', ({ json }) => json.data.modules.some((m: object) => 'error' in m));
  for (const { pid } of await cluster.workers()) {
    process.kill(pid, 'SIGKILL');
    await cluster.untilWorkers(replaced(pid));
  }
  await cluster.untilAll('/m/version', answers(2));
  // Both know why.
  const state = await cluster.until('/', ({ json }) => json.data.modules.some((m: object) => 'error' in m));
  expect(state.json.data.generation).toBe(2);
  await cluster.write('m.ts', versioned(4));
  await cluster.until('/m/version', ({ json }) => json.data.version === 4);
  await cluster.untilAll('/m/version', answers(4));
});

test('a module that fails in one worker alone is refused in both', async () => {
  const onlyOnce = `
    import { apiFunction, onLoad } from 'api-deploy';
    import { mkdirSync } from 'node:fs';
    onLoad(() => mkdirSync(process.cwd() + '/taken'));
    export const version = apiFunction(() => ({ pid: process.pid, version: 2 }));`;
  cluster = await startCluster({ files: { 'm.ts': versioned(1) } });
  await cluster.write('m.ts', onlyOnce);
  const state = await cluster.until('/', ({ json }) => json.data.modules.some((m: object) => 'error' in m));
  expect(JSON.stringify(state.json.data.modules)).toContain('EEXIST');
  await cluster.untilAll('/m/version', answers(1));
});

test('a file that ends the process that loads it does not end the others', async () => {
  cluster = await startCluster({ files: { 'm.ts': versioned(1) } });
  const before = await cluster.workers();
  await cluster.write('m.ts', versioned(2, "execFileSync('kill', ['-KILL', String(process.pid)]);"));
  const told = 'loading it ended the process (SIGKILL)';
  await until(
    async () => JSON.stringify((await cluster.get('/').catch(() => ({ json: {} }))).json).includes(told),
    told,
  );
  const after = await cluster.untilWorkers(
    (workers) => workers.length === 2 && workers.every((worker) => worker.state === 'serving'),
  );
  expect(after.filter(({ pid }) => before.some((worker) => worker.pid === pid))).toHaveLength(1);
  await cluster.untilAll('/m/version', answers(1));
  await cluster.write('m.ts', versioned(3));
  await cluster.until('/m/version', ({ json }) => json.data.version === 3);
});

test('/api/reload answers when all serve, and reload-config reaches all', async () => {
  cluster = await startCluster({
    files: { 'm.ts': versioned(1) },
    env: { WORKERS: '2', HOT_RELOAD: 'false' },
    projectFiles: { 'config.ts': 'export default {};' },
  });
  await cluster.write('m.ts', versioned(2));
  const { json } = await cluster.admin('/api/reload');
  expect(json.data).toMatchObject({ generation: 2, swapped: true, loaded: ['m'] });
  await cluster.untilAll('/m/version', (answer) => {
    expect(answer.data).toMatchObject({ version: 2 });
    return true;
  });
  await writeFile(join(cluster.dir, 'config.ts'), 'export default { bodyLimit: 100, dataDir: "elsewhere" };');
  const config = await cluster.admin('/api/reload-config');
  expect(config.json.data).toEqual({ changed: ['dataDir', 'bodyLimit'], needRestart: ['dataDir'] });
  for (let call = 0; call < 20; call++) {
    const { status } = await cluster.callFresh('/m/version', { x: 'x'.repeat(200) });
    expect(status).toBe(413);
  }
  await writeFile(join(cluster.dir, 'config.ts'), 'export default { bodyLimit: "much" };');
  const refused = await cluster.admin('/api/reload-config', adminToken);
  expect(refused).toMatchObject({ status: 422, json: { code: 'CONFIG_INVALID' } });
});

test('a rate limit holds for all workers together', async () => {
  const limited = `
    import { apiFunction } from 'api-deploy';
    export const few = apiFunction(() => process.pid, { rateLimit: { limit: 6, window: 60 } });`;
  cluster = await startCluster({ files: { 'm.ts': limited } });
  const statuses: number[] = [];
  for (let call = 0; call < 20; call++) statuses.push((await cluster.callFresh('/m/few')).status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(6);
  expect(statuses.filter((status) => status === 429)).toHaveLength(14);
});

test('no client sees a generation go back, during 100 saves at load', async () => {
  const busy = `
    import { apiFunction } from 'api-deploy';
    export const wait = apiFunction(() => {
      const until = performance.now() + 25;
      while (performance.now() < until);
    });`;
  cluster = await startCluster({ files: { 'm.ts': versioned(0), 'busy.ts': busy } });
  // Processes that are blocked now and then swap at different moments, unless all wait for them.
  const blocking = startLoad({ url: cluster.url, path: '/busy/wait', clients: 2, fresh: true, pause: 10 });
  const load = startLoad({ url: cluster.url, path: '/m/version', clients: 8, fresh: true });
  for (let save = 1; save <= 100; save++) {
    await cluster.write('m.ts', versioned(save));
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  await cluster.until('/m/version', ({ json }) => json.data.version === 100);
  await Promise.all([load.stop(), blocking.stop()]);
  expect(load.failures).toEqual([]);
  // One client after the other: what was answered before a call was sent.
  const all = load.answers.flat().sort((a, b) => a.endedAt - b.endedAt);
  expect(all.length).toBeGreaterThan(500);
  expect(new Set(all.map(({ data }) => (data as { pid: number }).pid)).size).toBe(2);
  expect(new Set(all.map(({ generation }) => generation)).size).toBeGreaterThan(20);
  const backwards = load.answers.flatMap((own) =>
    own.filter((answer, at) => answer.generation < (own[at - 1]?.generation ?? 0)),
  );
  expect(backwards).toEqual([]);
  const mixed = load.answers.flatMap((own) =>
    own.filter(
      ({ data }, at) =>
        (data as { version: number }).version <
        ((own[at - 1]?.data as { version: number } | undefined)?.version ?? 0),
    ),
  );
  expect(mixed).toEqual([]);
});

test('a start with a port that is in use says so, and leaves nothing behind', async () => {
  cluster = await startCluster();
  const { spawnCli, exitOf } = await import('../support/start-server.ts');
  const port = new URL(cluster.url).port;
  const second = spawnCli(['start'], { cwd: cluster.dir, env: { WORKERS: '2', PORT: port } });
  expect(await exitOf(second.child)).toBe(1);
  expect(second.output()).toContain(`port ${port} on 127.0.0.1 is in use`);
  await until(() => second.child.exitCode !== null, 'the end of the second start');
});
