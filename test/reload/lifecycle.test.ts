import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exitOf, spawnCli, startServer, type Answer } from '../support/start-server.ts';

const answers = (data: unknown) => (answer: Answer) =>
  JSON.stringify(answer.json?.data) === JSON.stringify(data);

/** Keeps its history outside the module, where every generation of it writes. */
const recorder = (version: string) => `import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { apiFunction, onDispose, onLoad } from 'api-deploy';
import './_lib/dependency.ts';
const note = (text: string) => appendFileSync(import.meta.dirname + '/../history.txt', text + '\\n');
onLoad(() => note('load ${version} first'));
onLoad(async () => { await sleep(1); note('load ${version} second'); });
onDispose(() => note('dispose ${version} first'));
onDispose(async () => { await sleep(1); note('dispose ${version} second'); });
export const version = apiFunction(() => '${version}');
export const slow = apiFunction(async (seconds: number) => { await sleep(seconds * 1000); note('call ends in ${version}'); return '${version}'; });
`;
const dependency = `import { appendFileSync } from 'node:fs';
import { onDispose, onLoad } from 'api-deploy';
const note = (text: string) => appendFileSync(import.meta.dirname + '/../../history.txt', text + '\\n');
onLoad(() => note('load dependency'));
onDispose(() => note('dispose dependency'));
`;

it('onLoad before the swap, onDispose after the last call in flight, newest first; all at the stop', async () => {
  const server = await startServer({ files: { 'm.ts': recorder('v1'), '_lib/dependency.ts': dependency } });
  const history = () => readFile(join(server.dir, 'history.txt'), 'utf8');
  const slow = server.call('/m/slow', { seconds: 0.6 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  await server.write('m.ts', recorder('v2'));
  await server.until('/m/version', answers('v2'));
  expect((await history()).split('\n').filter(Boolean)).toEqual([
    'load dependency',
    'load v1 first',
    'load v1 second',
    'load v2 first',
    'load v2 second',
  ]);
  expect((await slow).json.data).toBe('v1');
  await server.until('/m/version', answers('v2'));
  const deadline = Date.now() + 10_000;
  while (!(await history()).includes('dispose v1 first') && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect((await history()).split('\n').filter(Boolean).slice(5)).toEqual([
    'call ends in v1',
    'dispose v1 second',
    'dispose v1 first',
  ]);
  server.process.kill('SIGTERM');
  expect(await exitOf(server.process)).toBe(0);
  expect((await history()).split('\n').filter(Boolean).slice(8)).toEqual([
    'dispose v2 second',
    'dispose v2 first',
    'dispose dependency',
  ]);
  await server.stop();
});

it('a version that fails to load is disposed of, also what it opened in onLoad', async () => {
  const server = await startServer({ files: { 'm.ts': recorder('v1'), '_lib/dependency.ts': dependency } });
  try {
    await server.write(
      'm.ts',
      recorder('v2').replace(`onDispose(()`, `onLoad(() => { throw new Error('late'); });\nonDispose(()`),
    );
    await server.until('/', ({ json }) => /late/.test(json.data.modules[0].error?.cause ?? ''));
    const lines = (await readFile(join(server.dir, 'history.txt'), 'utf8')).split('\n').filter(Boolean);
    expect(lines.slice(3)).toEqual([
      'load v2 first',
      'load v2 second',
      'dispose v2 second',
      'dispose v2 first',
    ]);
    expect((await server.call('/m/version')).json.data).toBe('v1');
  } finally {
    await server.stop();
  }
});

it('SIGTERM: calls in flight finish, late ones on an open connection get 503, exit code 0', async () => {
  const server = await startServer({ files: { 'm.ts': recorder('v1'), '_lib/dependency.ts': dependency } });
  const slow = server.call('/m/slow', { seconds: 0.5 });
  const other = server.call('/m/slow', { seconds: 0.5 });
  await new Promise((resolve) => setTimeout(resolve, 150));
  server.process.kill('SIGTERM');
  const exit = exitOf(server.process);
  expect((await slow).json.data).toBe('v1');
  expect((await other).json.data).toBe('v1');
  expect(await exit).toBe(0);
  await server.stop();
});

it('a second signal exits at once, with code 1', async () => {
  const server = await startServer({ files: { 'm.ts': recorder('v1'), '_lib/dependency.ts': dependency } });
  const slow = server.call('/m/slow', { seconds: 20 }).catch(() => 'cut');
  await new Promise((resolve) => setTimeout(resolve, 150));
  server.process.kill('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 150));
  server.process.kill('SIGTERM');
  expect(await exitOf(server.process)).toBe(1);
  expect(await slow).toBe('cut');
  await server.stop();
});

it('stray rejections and throws are logged with their TypeScript place, and end nothing', async () => {
  const server = await startServer({
    files: {
      'stray.ts': `import { apiFunction } from 'api-deploy';
interface Filler { a: string; b: string }
export const reject = apiFunction(() => { void Promise.reject(new Error('stray rejection')); return 'ok'; });
export const later = apiFunction(() => { setTimeout(() => { throw new Error('stray throw'); }, 1); return 'ok'; });
`,
    },
  });
  try {
    await server.call('/stray/reject');
    await server.call('/stray/later');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await server.call('/stray/reject')).json.data).toBe('ok');
    const lines = (await server.logLines())
      .filter((line) => line['kind'] === 'error')
      .map((line) => JSON.stringify(line));
    expect(lines.some((line) => /stray rejection/.test(line) && /stray\.ts:3:/.test(line))).toBe(true);
    expect(lines.some((line) => /stray throw/.test(line) && /stray\.ts:4:/.test(line))).toBe(true);
  } finally {
    await server.stop();
  }
});

it('SIGTERM during the start: the start is finished, everything is disposed of, exit code 0', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'api-deploy-test-'));
  await mkdir(join(dir, 'apis'));
  await writeFile(
    join(dir, 'apis/slow.ts'),
    `import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { apiFunction, onDispose, onLoad } from 'api-deploy';
onLoad(async () => { console.log('loading now'); await sleep(600); });
onDispose(() => appendFileSync(import.meta.dirname + '/../disposed.txt', 'yes'));
export const f = apiFunction(() => 1);
`,
  );
  const { child, output } = spawnCli(['start'], { cwd: dir });
  while (!output().includes('loading now') && child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 10));
  child.kill('SIGTERM');
  expect(await exitOf(child), output()).toBe(0);
  expect(await readFile(join(dir, 'disposed.txt'), 'utf8')).toBe('yes');
  await rm(dir, { recursive: true });
});

it('an onDispose that hangs in a version that never served does not hold up the next save', async () => {
  const good = (text: string) =>
    `import { apiFunction } from 'api-deploy';\nexport const say = apiFunction(() => '${text}');\n`;
  const server = await startServer({ files: { 'm.ts': good('v1') } });
  try {
    await server.write(
      'm.ts',
      `import { onDispose, onLoad } from 'api-deploy';\nonDispose(() => new Promise(() => {}));\nonLoad(() => { throw new Error('no'); });\n`,
    );
    await server.until('/', ({ json }) => json.data.modules[0].error !== undefined);
    await server.write('m.ts', good('v2'));
    // `until` is less patient than the 30 s that the hook is given.
    await server.until('/m/say', answers('v2'));
  } finally {
    server.process.kill('SIGKILL');
    await server.stop();
  }
});
