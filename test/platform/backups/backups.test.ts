import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listBackups, removeOldBackups } from '../../../apis/_platform/backups/backup-list.ts';
import { createBackup } from '../../../apis/_platform/backups/create-backup.ts';
import { restoreBackup } from '../../../apis/_platform/backups/restore-backup.ts';
import { sealWith } from '../../../apis/_platform/secrets/secret-box.ts';
import { readSecretKey } from '../../../apis/_platform/secrets/secret-key.ts';
import { openDatabase, type Database } from '../../../apis/_platform/storage/open-database.ts';
import { stamps } from '../../../apis/_platform/storage/stamps.ts';

let dir: string;
let dataDir: string;
let db: Database | undefined;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'backups-'));
  dataDir = join(dir, 'data');
  await mkdir(join(dataDir, 'files'), { recursive: true });
});
afterEach(async () => {
  await db?.destroy();
  db = undefined;
  await rm(dir, { recursive: true, force: true });
});

async function open(): Promise<Database> {
  db = await openDatabase(join(dataDir, 'platform.sqlite'));
  return db;
}

async function close(): Promise<void> {
  await db?.destroy();
  db = undefined;
}

async function addProject(name: string): Promise<number> {
  const { id } = await (db as Database)
    .insertInto('projects')
    .values({ name, description: '', authJson: '{}', settingsJson: '{}', position: 0, ...stamps() })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

async function addFile(projectId: number, content: string): Promise<string> {
  const sha256 = createHash('sha256').update(content).digest('hex');
  await writeFile(join(dataDir, 'files', sha256), content);
  await (db as Database)
    .insertInto('files')
    .values({
      projectId,
      name: 'f',
      contentType: 'text/plain',
      size: content.length,
      sha256,
      position: 0,
      ...stamps(),
    })
    .execute();
  return sha256;
}

const names = async () =>
  (await (await open()).selectFrom('projects').select('name').orderBy('id').execute()).map(
    ({ name }) => name,
  );
const backups = () => join(dir, 'backups');
const make = (withKey = false) => createBackup({ dataDir, dir: backups(), withKey });
const restore = (name: string, env: NodeJS.ProcessEnv = {}) =>
  restoreBackup({ file: join(backups(), name), dataDir, env });
const messageOf = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing was thrown',
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe('a backup', () => {
  it('is made while others write, and holds a consistent state with the stored files', async () => {
    await open();
    const id = await addProject('before');
    const sha256 = await addFile(id, 'content of the file');
    let writing = true;
    const writer = (async () => {
      for (let count = 0; writing; count++) {
        await (db as Database).transaction().execute(async (inside) => {
          for (const name of [`a${count}`, `b${count}`])
            await inside
              .insertInto('projects')
              .values({ name, description: '', authJson: '{}', settingsJson: '{}', position: 0, ...stamps() })
              .execute();
        });
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    const backup = await make();
    writing = false;
    await writer;
    expect(await listBackups(backups())).toEqual([backup]);
    expect((await stat(join(backups(), backup.name))).mode & 0o777).toBe(0o600);
    expect(await readdir(backups())).toEqual([backup.name]);

    await close();
    await rm(dataDir, { recursive: true });
    const restored = await restore(backup.name);
    expect(restored).toEqual({
      createdAt: backup.createdAt,
      replaced: undefined,
      missing: [],
      needsOtherKey: false,
    });
    const found = await names();
    expect(found[0]).toBe('before');
    // Both of each transaction, or none.
    expect(found.filter((name) => /^a\d/.test(name)).map((name) => name.slice(1))).toEqual(
      found.filter((name) => /^b\d/.test(name)).map((name) => name.slice(1)),
    );
    expect(await readFile(join(dataDir, 'files', sha256), 'utf8')).toBe('content of the file');
  });

  it('tells of a stored file that was missing already', async () => {
    await open();
    const sha256 = await addFile(await addProject('p'), 'gone');
    await rm(join(dataDir, 'files', sha256));
    const { name } = await make();
    await close();
    expect((await restore(name)).missing).toEqual([sha256]);
  });

  it('is not made where there is nothing, or where the database is broken; nothing is left of it', async () => {
    expect(await messageOf(make())).toMatch(/BackupError: there is nothing to back up: .*platform\.sqlite/);
    await open();
    for (let count = 0; count < 300; count++) await addProject(`${count} ${'x'.repeat(80)}`);
    await close();
    const file = join(dataDir, 'platform.sqlite');
    const bytes = await readFile(file);
    bytes.fill(0xab, 4096 * 3, 4096 * 5);
    await writeFile(file, bytes);
    expect(await messageOf(make())).toMatch(
      /BackupError: the copy of the database (is broken|cannot be opened)/,
    );
    expect(await readdir(backups())).toEqual([]);
  });

  it('has the key only when it is asked for', async () => {
    await open();
    const key = readSecretKey({}, dataDir);
    await (db as Database)
      .insertInto('variables')
      .values({
        projectId: await addProject('p'),
        environmentId: null,
        moduleId: null,
        name: 'secret',
        value: sealWith(key, 'hidden'),
        secret: 1,
        enabled: 1,
        ...stamps(),
      })
      .execute();
    const without = await make();
    const withKey = await make(true);
    await close();
    const keyText = await readFile(join(dataDir, 'platform.key'), 'utf8');
    await rm(dataDir, { recursive: true });
    expect((await restore(without.name)).needsOtherKey).toBe(true);
    expect(await readdir(dataDir)).not.toContain('platform.key');
    expect((await restore(without.name, { PLATFORM_KEY: keyText.trim() })).needsOtherKey).toBe(false);
    await writeFile(join(dataDir, 'platform.key'), `${Buffer.alloc(32, 7).toString('base64')}\n`);
    expect((await restore(without.name)).needsOtherKey).toBe(true);
    expect((await restore(withKey.name)).needsOtherKey).toBe(false);
    expect(await readFile(join(dataDir, 'platform.key'), 'utf8')).toBe(keyText);
    expect((await readdir(dataDir)).some((name) => name.startsWith('platform.key.replaced-'))).toBe(true);
  });
});

describe('restoring', () => {
  it('keeps what was there beside it', async () => {
    await open();
    await addProject('first');
    const { name } = await make();
    await addProject('second');
    await close();
    const { replaced } = await restore(name);
    expect(await names()).toEqual(['first']);
    await close();
    const before = await openDatabase(String(replaced));
    expect(await before.selectFrom('projects').select('name').execute()).toHaveLength(2);
    await before.destroy();
  });

  it('is refused while somebody has the database open, and changes nothing then', async () => {
    await open();
    await addProject('first');
    const { name } = await make();
    await addProject('second');
    expect(await messageOf(restore(name))).toMatch(
      /BackupError: .*is in use: a service runs on this dataDir; stop it/,
    );
    expect(
      (await readdir(dataDir)).filter((file) => file.includes('replaced') || file.startsWith('.')),
    ).toEqual([]);
    await close();
    expect(await names()).toEqual(['first', 'second']);
  });

  it('takes the place of a database that is broken', async () => {
    await open();
    await addProject('first');
    const { name } = await make();
    await close();
    await writeFile(join(dataDir, 'platform.sqlite'), 'no database at all, but a text that is long enough');
    const { replaced } = await restore(name);
    expect(await names()).toEqual(['first']);
    expect(await readFile(String(replaced), 'utf8')).toContain('no database at all');
  });

  it('refuses what is cut off, no backup, or not there, and changes nothing', async () => {
    await open();
    await addFile(await addProject('first'), 'x'.repeat(10_000));
    const { name, size } = await make();
    await close();
    const before = await readFile(join(dataDir, 'platform.sqlite'));
    await truncate(join(backups(), name), Math.floor(size / 2));
    expect(await messageOf(restore(name))).toMatch(
      /BackupError: the backup '.*' (cannot be unpacked|is broken|has no)/,
    );
    await writeFile(join(backups(), 'other.tar.gz'), 'text');
    expect(await messageOf(restore('other.tar.gz'))).toMatch(/BackupError: the backup '.*other\.tar\.gz'/);
    expect(await messageOf(restore('none'))).toMatch(/does not exist; give the path of a file/);
    expect(await readFile(join(dataDir, 'platform.sqlite'))).toEqual(before);
    expect((await readdir(dataDir)).sort()).toEqual(['files', 'platform.sqlite']);
  });
});

it('is refused wherever it is cut off, and nothing of it is left', async () => {
  await open();
  const project = await addProject('first');
  for (let nr = 0; nr < 300; nr++) await addFile(project, randomBytes(500).toString('hex'));
  const { name, size } = await make();
  await close();
  const whole = await readFile(join(backups(), name));
  for (let part = 1; part < 20; part++) {
    await writeFile(join(backups(), name), whole.subarray(0, Math.floor((size * part) / 20)));
    expect(await messageOf(restore(name))).toMatch(/^BackupError: the backup '.*' (cannot be|is|has)/);
  }
  expect((await readdir(dataDir)).sort()).toEqual(['files', 'platform.sqlite']);
});

describe('old backups', () => {
  const now = new Date('2030-01-10T00:00:00.000Z');
  const named = (time: string) => `api-deploy-${time}.tar.gz`;
  const all = ['20300101T000000000Z', '20300104T000000000Z', '20300108T000000000Z', '20300109T120000000Z'];
  beforeEach(async () => {
    await mkdir(backups());
    for (const time of all) await writeFile(join(backups(), named(time)), 'x');
    await writeFile(join(backups(), 'notes.txt'), 'of somebody');
  });

  it('go by age, and the newest one never', async () => {
    expect(await removeOldBackups(backups(), { seconds: 7 * 86_400, most: 100 }, now)).toEqual([
      named('20300101T000000000Z'),
    ]);
    expect(await removeOldBackups(backups(), { seconds: 60, most: 100 }, now)).toHaveLength(2);
    expect((await readdir(backups())).sort()).toEqual([named('20300109T120000000Z'), 'notes.txt']);
  });

  it('go by number', async () => {
    expect(await removeOldBackups(backups(), { seconds: 1e9, most: 3 }, now)).toEqual([
      named('20300101T000000000Z'),
    ]);
    expect((await listBackups(backups())).map(({ createdAt }) => createdAt)).toEqual([
      '2030-01-09T12:00:00.000Z',
      '2030-01-08T00:00:00.000Z',
      '2030-01-04T00:00:00.000Z',
    ]);
  });
});
