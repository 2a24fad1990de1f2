import { execFileSync } from 'node:child_process';
import { readdir, readFile, readlink, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { adminToken, startServer, type Answer, type TestServer } from '../support/start-server.ts';

const says = (text: string) =>
  `import { apiFunction } from 'api-deploy';\nexport const say = apiFunction(() => '${text}');\n`;
const slowly = (text: string, milliseconds: number) =>
  `import { onLoad } from 'api-deploy';\nonLoad(() => new Promise((resolve) => setTimeout(resolve, ${milliseconds})));\n${says(text)}`;
const answers = (data: unknown) => (answer: Answer) => answer.json?.data === data;

/** Processes that the server has started, by the name of what they run. */
async function childrenOf(server: TestServer, name: string): Promise<number[]> {
  const tasks = await readdir(`/proc/${server.process.pid}/task`);
  const lists = await Promise.all(
    tasks.map((task) =>
      readFile(`/proc/${server.process.pid}/task/${task}/children`, 'utf8').catch(() => ''),
    ),
  );
  const found: number[] = [];
  for (const pid of lists.join(' ').split(/\s+/).filter(Boolean)) {
    const exe = await readlink(`/proc/${pid}/exe`).catch(() => '');
    if (exe.endsWith(name)) found.push(Number(pid));
  }
  return found;
}

it('a pipe with the name of a module is told of, and stops nothing', async () => {
  const server = await startServer({ files: { 'm.ts': says('one') } });
  try {
    execFileSync('mkfifo', [join(server.dir, 'apis/pipe.ts'), join(server.dir, 'apis/_pipe.ts')]);
    await server.until('/', ({ json }) =>
      json.data.modules.some(
        ({ name, error }: { name: string; error?: { cause: string } }) =>
          name === 'pipe' && /it is a pipe, a socket or a device/.test(error?.cause ?? ''),
      ),
    );
    await server.write('m.ts', `import './_pipe.ts';\n${says('two')}`);
    await server.until('/', ({ json }) => /cannot find '\.\/_pipe\.ts'/.test(JSON.stringify(json)));
    expect((await server.call('/m/say')).json.data).toBe('one');
    await server.write('m.ts', says('three'));
    await server.until('/m/say', answers('three'));
    await unlink(join(server.dir, 'apis/pipe.ts'));
    expect((await server.admin('/api/reload')).json.data.failed).toEqual([]);
  } finally {
    await server.stop();
  }
});

/** After the start, which may take its time on a busy machine. */
async function limitReloads(server: TestServer): Promise<void> {
  await writeFile(join(server.dir, 'config.ts'), `export default { reloadTimeout: '2 s' };`);
  expect((await server.admin('/api/reload-config')).json.data.changed).toEqual(['reloadTimeout']);
}

/** Stops the transpiler, which runs since the start: a process that is stopped does not answer. */
async function stopTranspiler(server: TestServer): Promise<number> {
  const [pid, ...others] = await childrenOf(server, 'esbuild');
  if (pid === undefined || others.length > 0)
    throw new Error(`expected one transpiler, got ${others.length}`);
  process.kill(pid, 'SIGSTOP');
  return pid;
}

it('a reload that hangs is answered with the place where it hung, and the next one works', async () => {
  const server = await startServer({
    files: { 'm.ts': says('one') },
    args: ['--no-watch'],
  });
  await limitReloads(server);
  const stopped = await stopTranspiler(server);
  try {
    await server.write('m.ts', says('two'));
    const answer = await server.admin('/api/reload');
    expect(answer.status).toBe(500);
    expect(answer.json).toMatchObject({
      code: 'RELOAD_FAILED',
      error: expect.stringMatching(/did not end within 2 s \(reloadTimeout\): it hung while transpiling/),
    });
    expect((await server.call('/m/say')).json.data).toBe('one');
    expect((await server.admin('/api/reload')).json.data).toMatchObject({ swapped: true, loaded: ['m'] });
    expect((await server.call('/m/say')).json.data).toBe('two');
  } finally {
    process.kill(stopped, 'SIGKILL');
    await server.stop();
  }
});

it('what a reload that hung should have looked at is looked at by the next one', async () => {
  const server = await startServer({ files: { 'm.ts': says('one') } });
  await limitReloads(server);
  const stopped = await stopTranspiler(server);
  try {
    await server.write('m.ts', says('two'));
    const deadline = Date.now() + 15_000;
    while (!server.output().includes('it hung while transpiling') && Date.now() < deadline) await sleep(20);
    expect(server.output()).toContain('it hung while transpiling');
    await server.write('other.ts', says('other'));
    await server.until('/other/say', answers('other'));
    await server.until('/m/say', answers('two'));
  } finally {
    process.kill(stopped, 'SIGKILL');
    await server.stop();
  }
});

it('what is given up takes no effect when it wakes up late', async () => {
  const server = await startServer({
    files: { 'm.ts': says('one') },
    env: { LOAD_TIMEOUT: '20 s' },
  });
  await limitReloads(server);
  try {
    await server.write('m.ts', slowly('late', 4_000));
    const deadline = Date.now() + 15_000;
    while (!server.output().includes('it hung while running onLoad hooks') && Date.now() < deadline)
      await sleep(20);
    expect(server.output()).toContain('it hung while running onLoad hooks');
    await server.write('m.ts', says('mended'));
    await server.until('/m/say', answers('mended'));
    await sleep(3_000);
    expect((await server.call('/m/say')).json.data).toBe('mended');
  } finally {
    await server.stop();
  }
});

it('/api/reload during a reload joins it, and tells of both', async () => {
  const server = await startServer({ files: { 'slow.ts': says('one'), 'm.ts': says('m one') } });
  try {
    await server.write('slow.ts', slowly('two', 1_200));
    await sleep(500);
    await server.write('m.ts', says('m two'));
    const [first, second] = await Promise.all([server.admin('/api/reload'), server.admin('/api/reload')]);
    expect(first.json.data).toMatchObject({ swapped: true, loaded: ['m', 'slow'], failed: [] });
    expect(first.json.data.endpoints.changed).toEqual(['/m/say', '/slow/say']);
    expect(second.json.data).toEqual(first.json.data);
    expect((await server.call('/slow/say')).json.data).toBe('two');
    expect((await server.call('/m/say')).json.data).toBe('m two');
    expect((await server.admin('/api/reload')).json.data).toMatchObject({ swapped: false, loaded: [] });
  } finally {
    await server.stop();
  }
});

it.each([{ args: [] }, { args: ['--no-watch'] }])(
  'apisDir that goes away takes nothing off the air ($args)',
  async ({ args }) => {
    const server = await startServer({ files: { 'm.ts': says('one'), 'deep/n.ts': says('n') }, args });
    try {
      const apis = join(server.dir, 'apis');
      await rename(apis, `${apis}-away`);
      const answer = await server.admin('/api/reload');
      expect(answer.status).toBe(500);
      expect(answer.json).toMatchObject({
        success: false,
        code: 'RELOAD_FAILED',
        endpoint: '/api/reload',
        error: expect.stringMatching(/apisDir '.*' cannot be read \(ENOENT.*goes on serving/),
      });
      await sleep(600);
      expect((await server.call('/m/say')).json.data).toBe('one');
      expect((await server.call('/deep/n/say')).json.data).toBe('n');
      await rename(`${apis}-away`, apis);
      await writeFile(join(apis, 'm.ts'), says('two'));
      if (args.length > 0) await server.admin('/api/reload');
      await server.until('/m/say', answers('two'));
      expect((await server.call('/deep/n/say')).json.data).toBe('n');
    } finally {
      await server.stop();
    }
  },
);

it('configurations are reloaded one after the other', async () => {
  const server = await startServer({ files: { 'm.ts': says('one') } });
  try {
    const config = (seconds: number) =>
      writeFile(join(server.dir, 'config.ts'), `export default { functionTimeout: '${seconds} s' };`);
    await config(11);
    const all = Array.from({ length: 6 }, () => server.post('/api/reload-config', { token: adminToken }));
    const changed = (await Promise.all(all)).map(({ json }) => json.data.changed);
    // Each compares with what the one before has put in force.
    expect(changed.filter((keys: string[]) => keys.length > 0)).toEqual([['functionTimeout']]);
  } finally {
    await server.stop();
  }
});
