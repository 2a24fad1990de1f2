import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { adminToken, exitOf, startServer, type Answer, type TestServer } from '../support/start-server.ts';

const says = (text: string) =>
  `import { apiFunction } from 'api-deploy';\nexport const say = apiFunction(() => '${text}');\n`;
const answers = (data: unknown) => (answer: Answer) => answer.json?.data === data;

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'api-deploy-test-'));
  await mkdir(join(dir, 'apis'));
  await writeFile(join(dir, 'apis/m.ts'), says('one'));
  await writeFile(join(dir, 'apis/other.ts'), says('other'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const start = (env: Record<string, string> = {}) => startServer({ dir, env });
const folder = () => join(dir, 'data/generations');
const manifests = async () => (await readdir(folder())).filter((name) => /^\d{10}\.json$/.test(name)).sort();

async function save(server: TestServer, path: string, text: string): Promise<void> {
  await server.write(path, says(text));
  await server.until(`/${path.replace(/\.ts$/, '')}/say`, answers(text));
}

const rollBack = (server: TestServer, request: Record<string, unknown>) =>
  server.post('/api/rollback', { token: adminToken, ...request });

const generations = async (server: TestServer): Promise<{ generation: number; through: number }[]> =>
  (await server.post('/api/generations', { token: adminToken })).json.data.generations;

/** Everything that was asked to be written. */
async function untilWritten(count: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  while ((await manifests().catch(() => [])).length < count && Date.now() < deadline) await sleep(20);
  expect(await manifests()).toHaveLength(count);
}

it('numbers go on after a restart, generations stay at hand, and what was rolled back stays so', async () => {
  let server = await start();
  for (const text of ['two', 'three']) await save(server, 'm.ts', text);
  await rollBack(server, { module: 'm' });
  expect((await server.call('/m/say')).json.data).toBe('two');
  const before = await server.generation();
  const known = (await generations(server)).map(({ generation }) => generation);
  await server.stop();

  server = await start();
  try {
    expect((await server.call('/m/say')).json.data).toBe('two');
    expect(await server.generation()).toBe(before + 1);
    const state = (await server.get('/')).json.data;
    expect(state.modules.find(({ name }: { name: string }) => name === 'm').rolledBack.files).toEqual([
      'apis/m.ts',
    ]);
    // Nothing has changed, so the restart takes the place of no older generation.
    expect((await generations(server)).map(({ generation }) => generation)).toEqual(known);
    expect(await readFile(join(dir, 'apis/m.ts'), 'utf8')).toBe(says('three'));
    await rollBack(server, { module: 'm' });
    expect((await server.call('/m/say')).json.data).toBe('one');
    await rollBack(server, { generation: 'latest' });
    expect((await server.call('/m/say')).json.data).toBe('three');
  } finally {
    await server.stop();
  }
});

it('a file that was saved while nothing ran is served; what is still held is typed as held', async () => {
  const typed = (size: string) =>
    `import { apiFunction } from 'api-deploy';\nexport type Size = ${size};\nexport const order = apiFunction((size: Size) => size);\n`;
  const user = `import { apiFunction } from 'api-deploy';\nimport type { Size } from './m.ts';\nexport const take = apiFunction((size: Size) => size);\n`;
  await writeFile(join(dir, 'apis/m.ts'), typed(`'s'`));
  let server = await start();
  await server.write('m.ts', typed(`'s' | 'm'`));
  await server.until('/m/order', answers('m'), { size: 'm' });
  await save(server, 'other.ts', 'changed');
  await rollBack(server, { module: 'm' });
  await rollBack(server, { module: 'other' });
  expect((await server.call('/other/say')).json.data).toBe('other');
  await server.stop();
  await writeFile(join(dir, 'apis/other.ts'), says('saved while off'));

  server = await start();
  try {
    expect((await server.call('/other/say')).json.data).toBe('saved while off');
    expect((await server.call('/m/order', { size: 'm' })).status).toBe(422);
    // The checker is started for this one alone, and must not take the type from disk.
    await server.write('user.ts', user);
    await server.until('/user/take', answers('s'), { size: 's' });
    expect((await server.call('/user/take', { size: 'm' })).status).toBe(422);
    await rollBack(server, { generation: 'latest' });
    await server.until('/user/take', answers('m'), { size: 'm' });
  } finally {
    await server.stop();
  }
});

it('a process that was killed gives no number again; half of a manifest is left out with a warning', async () => {
  let server = await start();
  for (const text of ['two', 'three']) await save(server, 'm.ts', text);
  await untilWritten(3);
  const before = await server.generation();
  server.process.kill('SIGKILL');
  await exitOf(server.process);
  await server.stop();
  const last = (await manifests()).at(-1) ?? '';
  const text = await readFile(join(folder(), last), 'utf8');
  await writeFile(join(folder(), last), text.slice(0, text.length / 2));

  server = await start();
  try {
    expect(await server.generation()).toBeGreaterThan(before);
    expect((await server.call('/m/say')).json.data).toBe('three');
    const warned = (await server.logLines()).filter(({ message }) =>
      /cannot be read back and is left out/.test(String(message)),
    );
    expect(warned).toHaveLength(1);
    await rollBack(server, { module: 'm' });
    expect((await server.call('/m/say')).json.data).toBe('two');
  } finally {
    await server.stop();
  }
});

it('only the last few are kept on disk, with no text that none of them has', async () => {
  const server = await start({ KEEP_GENERATIONS: '2' });
  try {
    for (let time = 0; time < 8; time++) await save(server, 'm.ts', `version ${time}`);
    await untilWritten(2);
    const deadline = Date.now() + 10_000;
    const texts = () => readdir(join(folder(), 'texts'));
    // The other module, and two versions of this one.
    while ((await texts()).length !== 3 && Date.now() < deadline) await sleep(20);
    expect(await texts()).toHaveLength(3);
    expect((await generations(server)).length).toBe(2);
  } finally {
    await server.stop();
  }
});

it('a dataDir that cannot be written is a warning: rollbacks work all the same', async () => {
  await writeFile(join(dir, 'no-folder'), 'a file where a folder should be');
  const server = await start({ DATA_DIR: 'no-folder' });
  try {
    for (const text of ['two', 'three']) await save(server, 'm.ts', text);
    await rollBack(server, { module: 'm' });
    expect((await server.call('/m/say')).json.data).toBe('two');
    await sleep(300);
    const warned = (await server.logLines()).filter(({ message }) =>
      /generations are kept in memory only/.test(String(message)),
    );
    expect(warned).toHaveLength(1);
  } finally {
    await server.stop();
  }
});

it('a folder that vanishes is made again; a second service beside it writes nothing there', async () => {
  const server = await start();
  const second = await startServer({ dir });
  try {
    expect(second.output()).toMatch(/in use by process \d+; give each service a dataDir of its own/);
    await untilWritten(1);
    await rm(folder(), { recursive: true });
    await save(server, 'm.ts', 'two');
    await sleep(300);
    await save(server, 'm.ts', 'three');
    await untilWritten(3);
    expect((await stat(join(folder(), 'owner.json'))).isFile()).toBe(true);
    expect(JSON.parse(await readFile(join(folder(), 'owner.json'), 'utf8'))).toEqual({
      pid: server.process.pid,
    });
    await rollBack(server, { module: 'm' });
    expect((await server.call('/m/say')).json.data).toBe('two');
  } finally {
    await second.stop();
    await server.stop();
  }
});
