import { afterEach, expect, test } from 'vitest';
import { withoutRequests } from '../support/start-server.ts';
import { replaced, sleep, startCluster, until, type TestCluster } from './start-cluster.ts';
import { startLoad } from './steady-load.ts';

let cluster: TestCluster;
afterEach(() => cluster.stop());

// As if native code had ended the process: `process.kill` and `process.abort` are refused.
const faults = `
import { execFileSync } from 'node:child_process';
import { apiFunction } from 'api-deploy';
const end = (signal: string): void => void execFileSync('kill', ['-' + signal, String(process.pid)]);
export const segv = apiFunction(() => end('SEGV'));
export const abort = apiFunction(() => end('ABRT'));
export const heap = apiFunction(() => {
  const kept: string[][] = [];
  for (;;) kept.push(Array.from({ length: 10_000 }, (_, index) => 'text ' + index));
});
export const slow = apiFunction(async () => {
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});
`;

const endLines = async (): Promise<Record<string, unknown>[]> =>
  (await cluster.logLines()).filter(({ message }) => /^worker \d+ (?:ended|was ended)/.test(String(message)));

test('kill -9 of a worker fails its calls in flight and no others, and another one takes its place', async () => {
  cluster = await startCluster();
  const load = startLoad({
    url: cluster.url,
    path: '/probe/sleep',
    body: { ms: 5 },
    clients: 16,
    fresh: true,
  });
  await sleep(300);
  for (let kill = 0; kill < 3; kill++) {
    const [victim] = await cluster.workers();
    if (victim === undefined) throw new Error('no worker is there');
    const killedAt = Date.now();
    process.kill(victim.pid, 'SIGKILL');
    await cluster.untilWorkers(replaced(victim.pid));
    const lost = load.failures.filter(({ endedAt }) => endedAt >= killedAt - 50);
    // All of them had been sent when the process was killed, and none later.
    expect(lost.filter(({ sentAt }) => sentAt > killedAt + 50)).toEqual([]);
    expect(lost.length).toBeLessThanOrEqual(16);
  }
  await load.stop();
  expect(load.failures.map(({ code }) => code).filter((code) => code !== 'ECONNRESET')).toEqual([]);
  expect(load.answers.flat().every(({ status }) => status === 200)).toBe(true);
  expect(load.answers.flat().length).toBeGreaterThan(100);
});

test.each([
  ['a native crash', 'segv', 'SIGSEGV'],
  ['an abort of native code', 'abort', 'SIGABRT'],
])('%s ends one worker, and the log names the function', async (_, name, signal) => {
  cluster = await startCluster({ files: { 'faults.ts': faults } });
  const before = await cluster.workers();
  await expect(cluster.callFresh(`/faults/${name}`)).rejects.toThrow();
  await until(async () => (await endLines()).length === 1, 'the line about the crash');
  const [line] = await endLines();
  expect(line).toMatchObject({
    level: 'error',
    signal,
    calls: [{ endpoint: `/faults/${name}`, requestId: expect.any(String), since: expect.any(String) }],
  });
  expect(line?.['message']).toContain(`while 1 call ran: /faults/${name}`);
  const workers = await cluster.untilWorkers(replaced(line?.['worker'] as number));
  expect(workers.filter(({ pid }) => before.some((worker) => worker.pid === pid))).toHaveLength(1);
  expect(new Set(workers.map(({ restarts }) => restarts))).toEqual(new Set([0, 1]));
});

test('a function that fills the heap ends one worker, and the other goes on', async () => {
  cluster = await startCluster({
    files: { 'faults.ts': faults },
    nodeArgs: ['--max-old-space-size=64'],
  });
  const full = cluster.callFresh('/faults/heap').then(
    () => 'answered',
    () => 'lost',
  );
  let others = 0;
  await until(async () => {
    // About half of the connections are accepted by the process that is about to end.
    const calls = Array.from({ length: 8 }, () =>
      Promise.race([cluster.callFresh('/probe/pid').catch(() => 'lost'), sleep(500)]),
    );
    others += (await Promise.all(calls)).filter((answer) => typeof answer === 'object').length;
    return (await endLines()).length > 0;
  }, 'the line about the crash');
  expect(await full).toBe('lost');
  expect(others).toBeGreaterThan(0);
  expect((await endLines())[0]?.['calls']).toContainEqual(
    expect.objectContaining({ endpoint: '/faults/heap' }),
  );
});

test('a worker that hangs is replaced', async () => {
  // One that hangs while it loads gets several times `loadTimeout` on top.
  cluster = await startCluster({ env: { WORKERS: '2', LOAD_TIMEOUT: '500 ms' } });
  const [victim] = await cluster.workers();
  if (victim === undefined) throw new Error('no worker is there');
  process.kill(victim.pid, 'SIGSTOP');
  const dispatched = Array.from({ length: 10 }, () => cluster.callFresh('/probe/pid').catch(() => undefined));
  await until(
    () => cluster.output().includes(`worker ${victim.pid} was ended`),
    'the end of the hung worker',
  );
  expect(cluster.output()).toContain('it has given no sign of life');
  await cluster.untilWorkers(replaced(victim.pid));
  await Promise.all(dispatched);
  expect((await cluster.callFresh('/probe/pid')).status).toBe(200);
});

test('the first replacement has no pause, and the log says how long the place was empty', async () => {
  cluster = await startCluster();
  const workers = await cluster.workers();
  for (const { pid } of workers) {
    process.kill(pid, 'SIGKILL');
    await cluster.untilWorkers(replaced(pid));
  }
  const lines = (await cluster.logLines()).map(({ message }) => String(message));
  for (const { pid } of workers) {
    const ended = lines.findIndex((line) => line.startsWith(`worker ${pid} ended (SIGKILL)`));
    const serves = lines.findIndex((line) =>
      new RegExp(String.raw`^worker \d+ serves in place of worker ${pid}, \d+\.\d\d s after its end$`).test(
        line,
      ),
    );
    expect(ended).toBeGreaterThanOrEqual(0);
    expect(serves).toBeGreaterThan(ended);
  }
  expect(lines.filter((line) => line.includes('ends again and again'))).toEqual([]);
});

test('a function that runs in three crashes is named as a suspect, and the pauses grow', async () => {
  cluster = await startCluster({ files: { 'faults.ts': faults } });
  for (let crash = 1; crash <= 4; crash++) {
    await until(
      () =>
        cluster.callFresh('/faults/segv').then(
          () => false,
          (error: { code?: string }) => error.code !== 'ECONNREFUSED',
        ),
      'a crash',
    );
    await until(async () => (await endLines()).length >= crash, 'the line about the crash');
  }
  await cluster.untilWorkers((workers) => workers.filter(({ state }) => state === 'serving').length === 2);
  const { suspects } = (await cluster.get('/')).json.data;
  expect(suspects).toMatchObject([{ endpoint: '/faults/segv', crashes: 4 }]);
  expect(withoutRequests(cluster.output())).toMatch(
    /a worker ends again and again; the next one is started in 0\.\d s/,
  );
});

test('error, auth and system lines of a killed worker are complete, in one file, and none is torn', async () => {
  const noisy = `
    import { execFileSync } from 'node:child_process';
    import { apiFunction, type CallContext } from 'api-deploy';
    export const fail = apiFunction((nr: number, ctx: CallContext) => {
      ctx.log.error('noted ' + nr, { text: 'x'.repeat(2_000) });
      execFileSync('kill', ['-KILL', String(process.pid)]);
    });
    export const wrong = apiFunction((nr: number): string => { throw new Error('wrong ' + nr); });`;
  cluster = await startCluster({ files: { 'noisy.ts': noisy } });
  for (let nr = 1; nr <= 4; nr++) {
    expect((await cluster.callFresh('/noisy/wrong', { nr })).status).toBe(500);
    await expect(cluster.callFresh('/noisy/fail', { nr })).rejects.toThrow();
    await until(async () => (await endLines()).length >= nr, 'the line about the crash');
  }
  const lines = await cluster.logLines(); // parses every line
  for (let nr = 1; nr <= 4; nr++) {
    expect(lines.filter(({ message }) => message === `noted ${nr}`)).toHaveLength(1);
    expect(
      lines.filter(({ err }) => (err as { message?: string } | undefined)?.message === `wrong ${nr}`),
    ).toHaveLength(1);
  }
  expect(new Set(lines.filter(({ kind }) => kind === 'call').map(({ worker }) => worker)).size).toBe(4);
});
