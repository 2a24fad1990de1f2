import { setTimeout as sleep } from 'node:timers/promises';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, it, vi } from 'vitest';
import { createMemoryLog } from '../http/memory-log.ts';
import { startServer, type TestServer } from '../support/start-server.ts';
import { createQuarantine } from '../../src/supervision/quarantine.ts';
import { startWatchdog } from '../../src/supervision/watchdog.ts';

const module = `import { apiFunction } from 'api-deploy';
export const spinFor = apiFunction((ms: number): string => {
  const end = performance.now() + ms;
  while (performance.now() < end);
  return 'ended by itself';
});
export const sum = apiFunction((): number => {
  let sum = 0;
  for (let i = 0; i < 2e8; i++) sum += i % 7;
  return sum;
});
`;

let server: TestServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function start(env: Readonly<Record<string, string>>, nodeArgs: string[] = []): Promise<TestServer> {
  server = await startServer({ env, nodeArgs, files: { 'm.ts': module } });
  return server;
}

it('work below blockTimeout is left alone, however much of it there is at once', async () => {
  const { call } = await start({ BLOCK_TIMEOUT: '1 s' });
  const answers = await Promise.all(Array.from({ length: 8 }, () => call('/m/spinFor', { ms: 300 })));
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
});

it('a process that was stopped and goes on again is not taken for a blocked one', async () => {
  const { call, process: child, output } = await start({ BLOCK_TIMEOUT: '2 s' });
  const answer = call('/m/sum');
  await sleep(50);
  child.kill('SIGSTOP');
  await sleep(4_000);
  child.kill('SIGCONT');
  expect(await answer).toMatchObject({ status: 200 });
  expect(output()).not.toMatch(/blocked the process/);
});

it("reload-config changes it at once, and 'off' lets everything run on", async () => {
  const { call, dir, admin } = await start({});
  const configure = async (blockTimeout: string): Promise<void> => {
    await writeFile(
      join(dir, 'config.ts'),
      `import { defineConfig } from 'api-deploy';\nexport default defineConfig({ blockTimeout: ${blockTimeout} });\n`,
    );
    expect((await admin('/api/reload-config')).json.data.changed).toEqual(['blockTimeout']);
    // The next beat of the watchdog.
    await sleep(1_100);
  };
  await configure(`'200 ms'`);
  expect(await call('/m/spinFor', { ms: 10_000 })).toMatchObject({ status: 504 });
  await configure(`'off'`);
  expect(await call('/m/spinFor', { ms: 900 })).toMatchObject({ status: 200 });
  await configure(`0.2`);
  expect(await call('/m/spinFor', { ms: 10_000 })).toMatchObject({ status: 504 });
  await writeFile(join(dir, 'config.ts'), `export default { blockTimeout: '1 ms' };\n`);
  const refused = await admin('/api/reload-config');
  expect(refused).toMatchObject({ status: 422 });
  expect(refused.json.error).toMatch(
    /blockTimeout \(config\.ts\): expected a duration from 50 ms .* or 'off', got '1 ms'/,
  );
});

it('nothing is ended while an inspector is open: somebody may stand at a breakpoint', async () => {
  const { call } = await start({ BLOCK_TIMEOUT: '200 ms' }, ['--inspect=127.0.0.1:0']);
  expect(await call('/m/spinFor', { ms: 900 })).toMatchObject({
    status: 200,
    json: { data: 'ended by itself' },
  });
});

it("the watchdog's thread is started anew when it ends", async () => {
  const logs = createMemoryLog();
  let starts = 0;
  const dog = startWatchdog({
    settings: () => ({ blockTimeout: 1, loadTimeout: 1 }),
    logs,
    quarantine: createQuarantine(() => 0),
    ownCode: [],
    codeOf: () => undefined,
    start(data) {
      starts++;
      const code = starts === 1 ? `throw new Error('the thread dies')` : `setInterval(() => {}, 1000)`;
      return new Worker(code, { eval: true, workerData: data });
    },
  });
  await vi.waitFor(() => expect(starts).toBe(2), { timeout: 20_000 });
  expect(JSON.stringify(logs.lines)).toMatch(/watchdog's thread ended \(code 1\) and is started anew/);
  await dog.stop();
});
