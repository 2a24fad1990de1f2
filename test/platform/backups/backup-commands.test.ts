import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  adminToken,
  businessToken,
  exitOf,
  projectRoot,
  spawnCli,
  startServer,
} from '../../support/start-server.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'backup-commands-'));
  await mkdir(join(dir, 'apis'));
  for (const path of ['_platform', 'backups.ts', 'projects.ts'])
    await cp(join(projectRoot, 'apis', path), join(dir, 'apis', path), { recursive: true });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function cli(...args: string[]) {
  const { child, output } = spawnCli(args, { cwd: dir });
  const code = await exitOf(child);
  return { code, output: output() };
}

it('backs up beside a running service, restores when it has stopped', async () => {
  const server = await startServer({ dir, env: { BACKUP_INTERVAL: '1 day' } });
  const listed = async () =>
    (await server.call('/backups/list', {}, adminToken)).json.data.items as { name: string }[];
  // The regular one comes by itself.
  const deadline = Date.now() + 30_000;
  while ((await listed()).length === 0 && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await listed()).toHaveLength(1);
  await server.call('/projects/create', { name: 'first' });
  const made = await cli('backup', 'saved');
  expect(made).toMatchObject({ code: 0 });
  expect(made.output).toMatch(
    /saved\/api-deploy-\S+\.tar\.gz: \d+ bytes, checked\nthe key file is not in it/,
  );
  const [name = ''] = await readdir(join(dir, 'saved'));

  await server.call('/projects/create', { name: 'second' });
  const refused = await cli('restore', `saved/${name}`);
  expect(refused.code).toBe(1);
  expect(refused.output).toContain('is in use: a service runs on this dataDir');

  expect((await server.call('/backups/create', {}, businessToken)).json.code).toBe('FORBIDDEN');
  const created = (await server.call('/backups/create', {}, adminToken)).json.data;
  expect(created.removed).toEqual([]);
  expect((await listed()).map((backup) => backup.name)).toContain(created.name);
  const download = await request(`${server.url}/backups/download`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: adminToken, body: { name: created.name } }),
  });
  const bytes = Buffer.from(await download.body.arrayBuffer());
  expect(download.headers['content-type']).toBe('application/gzip');
  expect(bytes.equals(await readFile(join(dir, 'data/backups', created.name)))).toBe(true);
  const missing = await server.call('/backups/remove', { name: '../platform.sqlite' }, adminToken);
  expect(missing.status).toBe(404);
  expect((await server.call('/backups/remove', { name: created.name }, adminToken)).json.data).toEqual({
    removed: created.name,
  });
  expect(await listed()).toHaveLength(1);
  await server.stop();

  const restored = await cli('restore', `saved/${name}`, '--lang', 'zh');
  expect(restored).toMatchObject({ code: 0 });
  expect(restored.output).toContain('已恢复到');
  expect(
    (await readdir(join(dir, 'data'))).some((file) => file.startsWith('platform.sqlite.replaced-')),
  ).toBe(true);
  const again = await startServer({ dir, env: { BACKUP_INTERVAL: 'off' } });
  const projects = (await again.call('/projects/list')).json.data.items as { name: string }[];
  expect(projects.map((project) => project.name)).toEqual(['first']);
  await again.stop();
});

it('a project without the platform uses that of the package; wrong arguments end with 2', async () => {
  await rm(join(dir, 'apis'), { recursive: true });
  await mkdir(join(dir, 'apis'));
  const nothing = await cli('backup');
  expect(nothing.code).toBe(1);
  expect(nothing.output).toContain('there is nothing to back up');
  await writeFile(join(dir, 'x.tar.gz'), 'x');
  const broken = await cli('restore', 'x.tar.gz');
  expect(broken.code).toBe(1);
  expect(broken.output).toContain("the backup '");
  expect(await cli('restore')).toMatchObject({ code: 2 });
  expect(await cli('backup', '--lang', 'fr')).toMatchObject({
    code: 2,
    output: expect.stringContaining("--lang: expected en or zh, got 'fr'"),
  });
});
