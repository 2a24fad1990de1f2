import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Client } from 'undici';
import { adminToken, businessToken, type Answer } from '../support/start-server.ts';
import { replaced, startCluster, twoOthers, until, type TestCluster } from './start-cluster.ts';
import { startLoad } from './steady-load.ts';

let cluster: TestCluster;
afterEach(() => cluster.stop());

const versioned = (version: number, more = ''): string => `
import { apiFunction } from 'api-deploy';
${more}
export const version = apiFunction(() => ({ pid: process.pid, version: ${version} }));`;

const answers =
  (version: number) =>
  ({ data }: { data: unknown }): boolean =>
    (data as { version?: number } | undefined)?.version === version;

const rollBack = (wanted: Record<string, unknown>): Promise<Answer> =>
  cluster.post('/api/rollback', { token: adminToken, ...wanted });

interface State {
  readonly modules: readonly { readonly name: string; readonly rolledBack?: unknown }[];
}

/** `GET /` of each worker: of whoever takes the connection, until both have. */
async function statesOfBoth(): Promise<State[]> {
  const states = new Map<unknown, State>();
  await until(async () => {
    const client = new Client(cluster.url);
    try {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${businessToken}` };
      const who = await client.request({ method: 'POST', path: '/probe/pid', headers, body: '{}' });
      const { data: pid } = (await who.body.json()) as { data: unknown };
      const answer = await client.request({ method: 'GET', path: '/' });
      states.set(pid, ((await answer.body.json()) as { data: State }).data);
    } finally {
      await client.close();
    }
    return states.size === 2;
  }, 'an answer of each worker');
  return [...states.values()];
}

async function expectRolledBack(module: string, expected: unknown): Promise<void> {
  for (const state of await statesOfBoth()) {
    const found = state.modules.find(({ name }) => name === module);
    if (expected === undefined) expect(found).not.toHaveProperty('rolledBack');
    else expect(found).toMatchObject({ rolledBack: expected });
  }
}

test('one module goes back in all workers at once, and stays until its file is saved', async () => {
  cluster = await startCluster({ files: { 'm.ts': versioned(1), 'other.ts': versioned(1) } });
  await cluster.write('m.ts', versioned(2));
  await cluster.untilAll('/m/version', answers(2));
  const before = await cluster.generation();
  const { json } = await rollBack({ module: 'm' });
  expect(json.data).toMatchObject({
    reason: 'rollback',
    swapped: true,
    loaded: ['m'],
    failed: [],
    generation: before + 1,
    rollback: { module: 'm', held: ['apis/m.ts'], hidden: [], released: [], alsoAffected: [] },
  });
  // From the answer on, whichever worker is asked.
  for (let call = 0; call < 12; call++) {
    const answer = await cluster.callFresh('/m/version');
    expect(answers(1)(answer)).toBe(true);
    expect(answer.generation).toBe(before + 1);
  }
  expect(await readFile(join(cluster.dir, 'apis/m.ts'), 'utf8')).toBe(versioned(2));
  await expectRolledBack('m', { generation: json.data.backTo, files: ['apis/m.ts'] });
  await expectRolledBack('other', undefined);
  const { generations } = (await cluster.admin('/api/generations')).json.data;
  expect(generations[0]).toMatchObject({ current: true, reason: 'rollback', backTo: json.data.backTo });

  // Neither a reload, nor a save elsewhere, nor the same content again ends it.
  await cluster.admin('/api/reload');
  await cluster.write('m.ts', versioned(2));
  await cluster.write('other.ts', versioned(2));
  await cluster.untilAll('/other/version', answers(2));
  await cluster.untilAll('/m/version', answers(1));
  await cluster.write('m.ts', versioned(3));
  await cluster.untilAll('/m/version', answers(3));
  await expectRolledBack('m', undefined);
  expect(cluster.output()).toContain('apis/m.ts was saved: it is not held');
});

test('it outlives killed workers, a rolling restart, and a restart of the service', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'api-deploy-test-'));
  try {
    cluster = await startCluster({ dir, files: { 'm.ts': versioned(1) } });
    await cluster.write('m.ts', versioned(2));
    await cluster.untilAll('/m/version', answers(2));
    const held = { generation: (await rollBack({ module: 'm' })).json.data.backTo };

    for (const { pid } of await cluster.workers()) {
      process.kill(pid, 'SIGKILL');
      await cluster.untilWorkers(replaced(pid));
    }
    await cluster.untilAll('/m/version', answers(1));
    await expectRolledBack('m', held);

    const before = await cluster.workers();
    process.kill(cluster.process.pid ?? 0, 'SIGHUP');
    await cluster.untilWorkers(twoOthers(before));
    await cluster.untilAll('/m/version', answers(1));
    await expectRolledBack('m', held);

    await cluster.stop();
    cluster = await startCluster({ dir });
    await cluster.untilAll('/m/version', answers(1));
    await expectRolledBack('m', held);

    const latest = await rollBack({ generation: 'latest' });
    expect(latest.json.data.rollback).toMatchObject({ generation: 'latest', released: ['apis/m.ts'] });
    await cluster.untilAll('/m/version', answers(2));
    await expectRolledBack('m', undefined);
  } finally {
    await cluster.stop();
    await rm(dir, { recursive: true, force: true });
  }
});

test('a whole generation comes back: what was removed serves, what was added does not', async () => {
  const gone = `import { gone } from './_lib/gone.ts';`;
  cluster = await startCluster({
    files: {
      'stays.ts': versioned(1),
      'removed.ts': versioned(1, gone),
      '_lib/gone.ts': `export const gone = 'g';`,
    },
  });
  const first = await cluster.generation();
  await cluster.write('stays.ts', versioned(2));
  await cluster.untilAll('/stays/version', answers(2));
  await cluster.write('added.ts', versioned(1));
  await cluster.untilAll('/added/version', answers(1));
  await cluster.remove('removed.ts');
  await cluster.remove('_lib/gone.ts');
  await until(async () => (await cluster.callFresh('/removed/version')).status === 404, 'the removal');
  const { data } = (await rollBack({ generation: first })).json;
  expect(data).toMatchObject({ backTo: first, removed: ['added'], loaded: ['removed', 'stays'] });
  expect(data.rollback).toMatchObject({
    held: ['apis/_lib/gone.ts', 'apis/removed.ts', 'apis/stays.ts'],
    hidden: ['apis/added.ts'],
  });
  for (let call = 0; call < 8; call++) {
    expect(answers(1)(await cluster.callFresh('/removed/version'))).toBe(true);
    expect(answers(1)(await cluster.callFresh('/stays/version'))).toBe(true);
    expect((await cluster.callFresh('/added/version')).status).toBe(404);
  }
  await expectRolledBack('added', { hidden: true });
  const [victim] = await cluster.workers();
  process.kill(victim?.pid ?? 0, 'SIGKILL');
  await cluster.untilWorkers(replaced(victim?.pid ?? 0));
  await expectRolledBack('added', { hidden: true });
  const back = (await rollBack({ generation: 'latest' })).json.data;
  expect(back.removed).toEqual(['removed']);
  await cluster.untilAll('/stays/version', answers(2));
  await cluster.untilAll('/added/version', answers(1));
});

test('what does not load in one worker goes back in none, and is named', async () => {
  // The first worker to load it takes what the second one needs.
  const once = (version: number): string =>
    versioned(
      version,
      `import { mkdirSync, existsSync } from 'node:fs';
if (${version} === 1 && existsSync(import.meta.dirname + '/../only-one')) mkdirSync(import.meta.dirname + '/../taken');`,
    );
  cluster = await startCluster({ files: { 'a.ts': versioned(1), 'b.ts': once(1) } });
  const first = await cluster.generation();
  await cluster.write('a.ts', versioned(2));
  await cluster.untilAll('/a/version', answers(2));
  await cluster.write('b.ts', once(2));
  await cluster.untilAll('/b/version', answers(2));
  const before = await cluster.generation();
  await cluster.write('../only-one', '');
  const answer = await rollBack({ generation: first });
  expect(answer.status).toBe(422);
  expect(answer.json).toMatchObject({
    code: 'ROLLBACK_FAILED',
    details: [{ module: 'b', file: 'apis/b.ts', cause: expect.stringContaining('EEXIST') }],
  });
  expect(await cluster.generation()).toBe(before);
  await cluster.untilAll('/a/version', answers(2));
  await cluster.untilAll('/b/version', answers(2));
  await expectRolledBack('a', undefined);
  await expectRolledBack('b', undefined);
  expect((await cluster.admin('/api/reload')).json.data).toMatchObject({ swapped: false, failed: [] });
  // The type checker is back with what serves, too.
  await cluster.write('b.ts', once(3));
  await cluster.untilAll('/b/version', answers(3));
});

test('a version that ends the process that loads it costs one worker, and the rollback is refused', async () => {
  const deadly = versioned(
    1,
    `import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
if (existsSync(import.meta.dirname + '/../deadly')) execFileSync('kill', ['-KILL', String(process.pid)]);`,
  );
  cluster = await startCluster({ files: { 'm.ts': deadly } });
  await cluster.write('m.ts', versioned(2));
  await cluster.untilAll('/m/version', answers(2));
  await cluster.write('../deadly', '');
  const before = await cluster.workers();
  // The worker that is asked may be the one that tries, and ends.
  await rollBack({ module: 'm' }).catch(() => undefined);
  const stayed = (pid: number): boolean => before.some((worker) => worker.pid === pid);
  await cluster.untilWorkers(
    (workers) =>
      workers.length === 2 &&
      workers.every(({ state }) => state === 'serving') &&
      workers.filter(({ pid }) => stayed(pid)).length === 1,
  );
  await cluster.untilAll('/m/version', answers(2));
  await expectRolledBack('m', undefined);
  // Asked once more, it is tried once more.
  await cluster.remove('../deadly');
  expect((await rollBack({ module: 'm' })).status).toBe(200);
  await cluster.untilAll('/m/version', answers(1));
});

test('under load no call fails, and no client sees a generation go back', async () => {
  cluster = await startCluster({ files: { 'm.ts': versioned(1) } });
  await cluster.write('m.ts', versioned(2));
  await cluster.untilAll('/m/version', answers(2));
  const load = startLoad({ url: cluster.url, path: '/m/version', clients: 8, fresh: true });
  for (let round = 0; round < 10; round++) {
    expect((await rollBack({ module: 'm' })).status).toBe(200);
    expect((await rollBack({ module: 'm', generation: 'latest' })).status).toBe(200);
  }
  await load.stop();
  expect(load.failures).toEqual([]);
  const backwards = load.answers.flatMap((own) =>
    own.filter((answer, at) => answer.generation < (own[at - 1]?.generation ?? 0)),
  );
  expect(backwards).toEqual([]);
  const all = load.answers.flat();
  expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
  // One version in one generation, whoever answers.
  const versions = new Map<number, Set<number>>();
  for (const { generation, data } of all) {
    const seen = versions.get(generation) ?? new Set();
    versions.set(generation, seen.add((data as { version: number }).version));
  }
  expect([...versions.values()].filter(({ size }) => size !== 1)).toEqual([]);
  expect(new Set(all.map(({ data }) => (data as { version: number }).version))).toEqual(new Set([1, 2]));
});
