import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitOf, spawnCli, startServer, type Answer, type TestServer } from '../support/start-server.ts';

const module = `import { apiFunction } from 'api-deploy';
import { exit } from 'node:process';
const raw = process as unknown as Record<string, (...args: unknown[]) => unknown>;
export const run = apiFunction((name: string, args: unknown[] = []) => raw[name]!(...args));
export const imported = apiFunction(() => exit(4));
export const own = apiFunction((name: string, signal: unknown) => process.kill({ pid: process.pid, group: 0 }[name]!, signal as never));
export const later = apiFunction(() => { setTimeout(() => process.exit(5), 1); return 'soon'; });
export const pid = apiFunction(() => process.pid);
export const cwd = apiFunction(() => process.cwd());
export const change = apiFunction(() => { process.env['MADE_BY_TEST'] = 'x'; process.title = 'renamed'; process.exitCode = 9; return process.env['MADE_BY_TEST']; });
export const strip = apiFunction(() => { process.removeAllListeners(); process.removeAllListeners('SIGTERM'); for (const listener of process.listeners('uncaughtException')) process.off('uncaughtException', listener); setTimeout(() => { throw new Error('after the strip'); }, 1); return 'stripped'; });
export const alive = apiFunction(() => true);
`;

describe('what would end or move the process is an error of the call', () => {
  let server: TestServer;
  let pid: number;
  beforeAll(async () => {
    server = await startServer({ files: { 'm.ts': module } });
    pid = (await server.call('/m/pid')).json.data as number;
  });
  afterAll(() => server.stop());

  it.each([
    ['/m/run', { name: 'exit', args: [0] }, 'process.exit(0) is refused'],
    ['/m/run', { name: 'exit' }, 'process.exit() is refused'],
    ['/m/run', { name: 'reallyExit', args: [1] }, 'process.reallyExit(1) is refused'],
    ['/m/imported', {}, 'process.exit(4) is refused'],
    ['/m/run', { name: 'abort' }, 'process.abort() is refused'],
    ['/m/run', { name: 'chdir', args: ['/'] }, "process.chdir('/') is refused"],
    ['/m/run', { name: 'umask', args: [0] }, 'process.umask(0) is refused'],
    ['/m/run', { name: 'setuid', args: [1] }, 'process.setuid(1) is refused'],
    ['/m/run', { name: 'setgid', args: ['nogroup'] }, "process.setgid('nogroup') is refused"],
    ['/m/own', { name: 'pid', signal: 'SIGKILL' }, `, 9) is refused`],
    ['/m/own', { name: 'pid', signal: 'SIGTERM' }, `, 15) is refused`],
    // A signal that harms nobody, should it be sent to the group that runs this test.
    ['/m/own', { name: 'group', signal: 'SIGURG' }, 'process.kill(0, 23) is refused'],
  ])('%s %o', async (path, body, message) => {
    const { status, json } = await server.call(path, body);
    expect([status, json.code]).toEqual([500, 'INTERNAL_ERROR']);
    expect(json.error).toContain(message);
    const lines = (await server.logLines()).filter(({ requestId }) => requestId === json.requestId);
    const line = lines.find(({ kind }) => kind === 'error') as { endpoint: string; err: { stack: string } };
    expect(line.endpoint).toBe(path);
    expect(line.err.stack).toMatch(/apis\/m\.ts:\d+:\d+/);
    expect((await server.call('/m/pid')).json.data).toBe(pid);
  });

  it('what changes nothing goes on: umask without a value, signal 0, another process', async () => {
    expect((await server.call('/m/run', { name: 'umask' })).status).toBe(200);
    expect((await server.call('/m/own', { name: 'pid', signal: 0 })).json.data).toBe(true);
    const { child } = spawnCli(['start'], {
      cwd: server.dir,
      env: { APIS_DIR: 'apis', LOG_TO_FILE: 'false' },
    });
    await server.call('/m/run', { name: 'kill', args: [child.pid, 'SIGKILL'] });
    await exitOf(child);
    expect(child.signalCode).toBe('SIGKILL');
  });

  it('the environment, the title and the exit code are left to the functions', async () => {
    expect((await server.call('/m/change')).json.data).toBe('x');
    expect((await server.call('/m/alive')).json.data).toBe(true);
  });
});

it('process.exit in a timer is logged with its file, and the service lives on', async () => {
  const server = await startServer({ files: { 'm.ts': module } });
  try {
    expect((await server.call('/m/later')).json.data).toBe('soon');
    for (const deadline = Date.now() + 20_000; !server.output().includes('process.exit(5) is refused');)
      expect(((await server.call('/m/alive')).json.data as boolean) && Date.now() < deadline).toBe(true);
    const line = (await server.logLines()).find(({ place }) => place !== undefined);
    expect(line?.['place']).toMatch(/^apis\/m\.ts:7$/);
  } finally {
    await server.stop();
  }
});

it('the listeners of the runtime cannot be taken away, and SIGTERM still stops it with 0', async () => {
  const server = await startServer({ files: { 'm.ts': module } });
  let code: number | null = null;
  try {
    await server.call('/m/change');
    expect((await server.call('/m/strip')).json.data).toBe('stripped');
    for (const deadline = Date.now() + 20_000; !server.output().includes('after the strip');)
      expect(((await server.call('/m/alive')).json.data as boolean) && Date.now() < deadline).toBe(true);
  } finally {
    code = await server.stop();
  }
  expect(code).toBe(0);
});

const atLoad: Readonly<Record<string, string>> = {
  'at load': `process.exit(0);`,
  'in onLoad': `import { onLoad } from 'api-deploy';\nonLoad(() => process.exit(0));`,
};

it.each(Object.entries(atLoad))(
  'process.exit %s fails the load; the last good version serves',
  async (_, code) => {
    const good = `import { apiFunction } from 'api-deploy';\nexport const say = apiFunction(() => 'good');\n`;
    const server = await startServer({ files: { 'm.ts': good } });
    try {
      await server.write('m.ts', `${good}${code}\n`);
      const failing = (answer: Answer): boolean => answer.json.data.modules[0].error !== undefined;
      const { json } = await server.until('/', failing);
      expect(json.data.modules[0].error).toMatchObject({ file: 'apis/m.ts' });
      expect(json.data.modules[0].error.cause).toContain('process.exit(0) is refused');
      expect((await server.call('/m/say')).json.data).toBe('good');
    } finally {
      await server.stop();
    }
  },
);

it('process.exit in onDispose holds nothing back', async () => {
  const says = (text: string) =>
    `import { apiFunction, onDispose } from 'api-deploy';\nonDispose(() => process.exit(0));\nexport const say = apiFunction(() => '${text}');\n`;
  const server = await startServer({ files: { 'm.ts': says('first') } });
  try {
    await server.write('m.ts', says('second'));
    await server.until('/m/say', (answer) => answer.json.data === 'second');
    await server.until('/m/say', () => server.output().includes('process.exit(0) is refused'));
  } finally {
    expect(await server.stop()).toBe(0);
  }
});

it('a module that calls process.exit fails a check', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'api-deploy-test-'));
  try {
    await mkdir(join(dir, 'apis'));
    await writeFile(join(dir, 'apis/m.ts'), `process.exit(0);\n`);
    const { child, output } = spawnCli(['check'], { cwd: dir });
    expect(await exitOf(child)).toBe(1);
    expect(output()).toMatch(/apis\/m\.ts:1:\d+.*process\.exit\(0\) is refused/);
  } finally {
    await rm(dir, { recursive: true });
  }
});
