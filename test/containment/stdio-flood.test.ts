import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { adminToken, businessToken, exitOf, projectRoot } from '../support/start-server.ts';

const module = `import { apiFunction } from 'api-deploy';
import { Console } from 'node:console';
import nodeConsole from 'node:console';
const text = 'x'.repeat(1_000);
const own = new Console(process.stdout);
let acknowledged = 0;
export const flood = apiFunction((lines: number) => {
  for (let n = 0; n < lines; n++) {
    console.log(text);
    console.error(text);
    nodeConsole.info(text);
    own.log(text);
    process.stdout.write(text + '\\n', () => acknowledged++);
  }
  return process.stdout.writableLength + process.stderr.writableLength;
});
export const state = apiFunction(() => [acknowledged, process.stdout.writableLength, process.memoryUsage().rss]);
`;

/** A service whose stdout and stderr nobody reads; its log tells where it listens. */
async function startUnread(): Promise<{
  dir: string;
  child: ChildProcess;
  log: () => Promise<string>;
  call: (path: string, body?: unknown) => Promise<{ status: number; json: any }>;
}> {
  const dir = await mkdtemp(join(tmpdir(), 'api-deploy-test-'));
  await mkdir(join(dir, 'apis'));
  await writeFile(join(dir, 'apis/m.ts'), module);
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [join(projectRoot, 'bin/api-deploy.js'), 'start'], {
    cwd: dir,
    env: { PATH, HOME, PORT: '0', VALID_TOKENS: businessToken, ADMIN_TOKENS: adminToken },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = async (): Promise<string> => {
    const names = await readdir(join(dir, 'logs')).catch(() => []);
    return (await Promise.all(names.map((name) => readFile(join(dir, 'logs', name), 'utf8')))).join('');
  };
  let url: string | undefined;
  for (const deadline = Date.now() + 20_000; url === undefined; await sleep(20)) {
    expect(Date.now()).toBeLessThan(deadline);
    url = /serves [^"]* at (http:\/\/[^\s"]+)/.exec(await log())?.[1];
  }
  const call = async (path: string, body?: unknown): Promise<{ status: number; json: any }> => {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: businessToken, body }),
    });
    return { status: answer.status, json: await answer.json() };
  };
  return { dir, child, log, call };
}

it('a flood that nobody reads costs bounded memory, is told in the log, and calls are answered', async () => {
  const { dir, child, log, call } = await startUnread();
  try {
    for (let n = 0; n < 40; n++) {
      const { status, json } = await call('/m/flood', { lines: 1_000 });
      expect(status).toBe(200);
      // 2 MiB for each stream, and the last text that found room.
      expect(json.data).toBeLessThan(2 * (2 * 2 ** 20 + 10_000));
    }
    const [acknowledged, waiting, rss] = (await call('/m/state')).json.data;
    // What was dropped calls back too, so that nobody waits for ever.
    expect(acknowledged).toBeGreaterThan(30_000);
    expect(waiting).toBeGreaterThan(2 ** 20);
    expect(rss).toBeLessThan(400 * 2 ** 20);
    for (
      const deadline = Date.now() + 20_000;
      !/stdout is not read fast enough: \d+ bytes/.test(await log());
      await sleep(50)
    )
      expect(Date.now()).toBeLessThan(deadline);
    // A reader that comes late gets what waited, and what is written from then on.
    let read = '';
    child.stderr?.resume();
    child.stdout?.on('data', (chunk: Buffer) => (read = (read + chunk.toString()).slice(-100_000)));
    for (const deadline = Date.now() + 20_000; (await call('/m/state')).json.data[1] > 0; await sleep(20))
      expect(Date.now()).toBeLessThan(deadline);
    await call('/m/flood', { lines: 1 });
    for (const deadline = Date.now() + 20_000; !read.includes('/m/flood'); await sleep(20))
      expect(Date.now()).toBeLessThan(deadline);
  } finally {
    child.kill('SIGTERM');
    expect(await exitOf(child)).toBe(0);
    await rm(dir, { recursive: true });
  }
});

it('a reader that closes both streams ends nothing', async () => {
  const { dir, child, call } = await startUnread();
  try {
    child.stdout?.destroy();
    child.stderr?.destroy();
    for (let n = 0; n < 5; n++) expect((await call('/m/flood', { lines: 100 })).status).toBe(200);
    await sleep(100);
    expect((await call('/m/state')).status).toBe(200);
  } finally {
    child.kill('SIGTERM');
    expect(await exitOf(child)).toBe(0);
    await rm(dir, { recursive: true });
  }
});
