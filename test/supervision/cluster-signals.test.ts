import { afterEach, expect, test } from 'vitest';
import { exitOf } from '../support/start-server.ts';
import { isAlive, sleep, startCluster, twoOthers, until, type TestCluster } from './start-cluster.ts';
import { startLoad, type LoadFailure } from './steady-load.ts';

let cluster: TestCluster;
afterEach(() => cluster.stop());

test.each([['SIGTERM'], ['SIGINT']] as const)(
  '%s under load ends all in order: no connection is reset',
  async (signal) => {
    cluster = await startCluster();
    const pids = (await cluster.workers()).map(({ pid }) => pid);
    const load = startLoad({
      url: cluster.url,
      path: '/probe/sleep',
      body: { ms: 20 },
      clients: 24,
      until: ({ code }) => code === 'ECONNREFUSED',
    });
    await sleep(500);
    // As a terminal does it, the signal reaches the whole group.
    if (signal === 'SIGINT') for (const pid of pids) process.kill(pid, signal);
    cluster.process.kill(signal);
    expect(await exitOf(cluster.process)).toBe(0);
    await load.stop();
    // Who connects in the moment in which the last socket is closed is reset by the system, as good as refused.
    const lastLetIn = Math.max(...load.answers.flat().map(({ sentAt }) => sentAt));
    const isRefused = ({ code, reused, sentAt }: LoadFailure): boolean =>
      code === 'ECONNREFUSED' || (code === 'ECONNRESET' && !reused && sentAt >= lastLetIn);
    expect(load.failures.filter((failure) => !isRefused(failure))).toEqual([]);
    expect(new Set(load.answers.flat().map(({ status }) => status))).toEqual(new Set([200, 503]));
    expect(pids.filter(isAlive)).toEqual([]);
    const lines = await cluster.logLines();
    expect(lines.at(-1)).toMatchObject({ kind: 'system', message: 'stopped' });
    expect(lines.filter(({ message }) => /^worker \d+ ended/.test(String(message)))).toEqual([]);
  },
);

test('SIGHUP under load replaces all workers, and no call fails', async () => {
  cluster = await startCluster();
  const before = await cluster.workers();
  const load = startLoad({
    url: cluster.url,
    path: '/probe/sleep',
    body: { ms: 5 },
    clients: 8,
    fresh: true,
  });
  await sleep(300);
  cluster.process.kill('SIGHUP');
  await cluster.untilWorkers(twoOthers(before));
  await until(() => cluster.output().includes('all workers are restarted'), 'the end of the restart');
  await load.stop();
  expect(load.failures).toEqual([]);
  expect(load.answers.flat().filter(({ status }) => status !== 200)).toEqual([]);
  expect(before.map(({ pid }) => pid).filter(isAlive)).toEqual([]);
  // Nothing of this is a crash.
  expect((await cluster.workers()).map(({ restarts }) => restarts)).toEqual([0, 0]);
});

test('a worker that gets SIGTERM by itself is replaced first, then ends in order', async () => {
  cluster = await startCluster();
  const before = await cluster.workers();
  const load = startLoad({
    url: cluster.url,
    path: '/probe/sleep',
    body: { ms: 5 },
    clients: 8,
    fresh: true,
  });
  await sleep(200);
  for (const { pid } of before) process.kill(pid, 'SIGTERM');
  await cluster.untilWorkers(twoOthers(before));
  await load.stop();
  expect(load.failures).toEqual([]);
  expect(load.answers.flat().filter(({ status }) => status !== 200)).toEqual([]);
  expect(before.map(({ pid }) => pid).filter(isAlive)).toEqual([]);
});

test('workers whose supervisor is killed finish their calls and end', async () => {
  cluster = await startCluster();
  const pids = (await cluster.workers()).map(({ pid }) => pid);
  const slow = cluster.callFresh('/probe/sleep', { ms: 600 });
  await sleep(200);
  cluster.process.kill('SIGKILL');
  expect((await slow).status).toBe(200);
  await until(() => !pids.some(isAlive), 'the end of the workers');
});

test('SIGTERM under load of a single process resets no connection that it has accepted', async () => {
  const clients = 24;
  cluster = await startCluster({ env: { WORKERS: '1' } });
  const load = startLoad({
    url: cluster.url,
    path: '/probe/sleep',
    body: { ms: 20 },
    clients,
    until: ({ code }) => code === 'ECONNREFUSED',
  });
  await sleep(500);
  cluster.process.kill('SIGTERM');
  expect(await exitOf(cluster.process)).toBe(0);
  await load.stop();
  // A connection that comes in the very moment in which the socket closes is the system's to reset: nobody has
  // accepted it, and no other process keeps the socket open.
  const lost = load.failures.filter(({ code, reused }) => code !== 'ECONNREFUSED' && reused);
  expect(lost.map(({ code }) => code)).toEqual([]);
  const late = load.failures.filter(({ code, reused }) => code !== 'ECONNREFUSED' && !reused);
  // All clients come anew at that moment, each of them once.
  expect(late.length).toBeLessThanOrEqual(clients);
});
