import { fork } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrations } from '../../../apis/_platform/storage/migrations.ts';
import { DatabaseError, openDatabase, type Database } from '../../../apis/_platform/storage/open-database.ts';

let dir: string;
let file: string;
const opened: Database[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'platform-storage-'));
  file = join(dir, 'platform.sqlite');
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((database) => database.destroy()));
  await rm(dir, { recursive: true, force: true });
});

async function open(options?: Parameters<typeof openDatabase>[1]): Promise<Database> {
  const database = await openDatabase(file, options);
  opened.push(database);
  return database;
}

const now = '2030-01-01T00:00:00.000Z';
const project = (name: string) => ({
  name,
  description: '',
  authJson: '{"type":"none"}',
  settingsJson: '{}',
  createdAt: now,
  updatedAt: now,
});
const names = async (database: Database) =>
  (await database.selectFrom('projects').select('name').orderBy('name').execute()).map(({ name }) => name);

describe('openDatabase', () => {
  it('makes the tables, and finds them again', async () => {
    const first = await open();
    await first.insertInto('projects').values(project('one')).execute();
    const second = await open();
    expect(await names(second)).toEqual(['one']);
    const pragma = async (name: string) =>
      Object.values(
        (await sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(second)).rows[0] ?? {},
      )[0];
    expect(await pragma('journal_mode')).toBe('wal');
    expect(await pragma('foreign_keys')).toBe(1);
    expect(await pragma('synchronous')).toBe(2);
  });

  it('keeps the keys of JSON as they are, and cascades', async () => {
    const database = await open();
    const { id } = await database
      .insertInto('projects')
      .values(project('one'))
      .returning('id')
      .executeTakeFirstOrThrow();
    await database
      .insertInto('environments')
      .values({ projectId: id, name: 'e', description: '', position: 0, createdAt: now, updatedAt: now })
      .execute();
    await database.deleteFrom('projects').where('id', '=', id).execute();
    expect(await database.selectFrom('environments').selectAll().execute()).toEqual([]);
  });

  it('can be opened by many at once, within a process and in several', async () => {
    const script = `
      import { openDatabase } from ${JSON.stringify(new URL('../../../apis/_platform/storage/open-database.ts', import.meta.url).href)};
      const databases = await Promise.all(Array.from({ length: 3 }, () => openDatabase(${JSON.stringify(file)})));
      for (const [n, database] of databases.entries())
        await database.insertInto('projects').values({ ...${JSON.stringify(project(''))}, name: process.argv[2] + n }).execute();
      await Promise.all(databases.map((database) => database.destroy()));`;
    const path = join(dir, 'open.mts');
    await writeFile(path, script);
    const codes = await Promise.all(
      ['a', 'b', 'c', 'd'].map(
        (name) =>
          new Promise((resolve) =>
            fork(path, [name], { execArgv: ['--import', import.meta.resolve('tsx')] }).once('exit', resolve),
          ),
      ),
    );
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(await names(await open())).toHaveLength(12);
  });

  it('lets two connections of a process write in turns, also while one holds a transaction', async () => {
    const [one, two] = [await open(), await open()];
    const held = one.transaction().execute(async (transaction) => {
      await transaction.insertInto('projects').values(project('held')).execute();
      await new Promise((resolve) => setTimeout(resolve, 150));
      await transaction.insertInto('projects').values(project('held 2')).execute();
    });
    await two.insertInto('projects').values(project('plain')).execute();
    await two.transaction().execute(async (transaction) => {
      const { length } = await transaction.selectFrom('projects').select('id').execute();
      await transaction
        .insertInto('projects')
        .values(project(`after ${length}`))
        .execute();
    });
    await held;
    expect(await names(one)).toEqual(['after 3', 'held', 'held 2', 'plain']);
  });

  it('applies a later migration whole or not at all', async () => {
    await (await open()).insertInto('projects').values(project('kept')).execute();
    const broken = {
      async up(db: { schema: Database['schema'] }) {
        await db.schema.createTable('half').addColumn('id', 'integer').execute();
        throw new Error('it fails here');
      },
    };
    await expect(
      openDatabase(file, { migrations: { ...migrations, '9999-broken': broken } }),
    ).rejects.toThrow('it fails here');
    const after = await open();
    expect(await names(after)).toEqual(['kept']);
    expect((await after.introspection.getTables()).map(({ name }) => name)).not.toContain('half');
  });

  it('refuses a file of a newer version', async () => {
    const later = { ...migrations, '9999-later': { up: () => Promise.resolve() } };
    await open({ migrations: later });
    await expect(openDatabase(file)).rejects.toThrow(DatabaseError);
    await expect(openDatabase(file)).rejects.toThrow(/newer version .*'9999-later'/);
  });

  it('refuses a broken file, and one of another program', async () => {
    await writeFile(file, 'no database '.repeat(500));
    await expect(openDatabase(file)).rejects.toThrow(/no SQLite database, or broken .*restore a backup/);
    await rm(file);
    const other = new SqliteDatabase(file);
    other.exec('create table albums (id integer)');
    other.close();
    await expect(openDatabase(file)).rejects.toThrow(/another program .*'albums'/);
  });

  it('says that the folder is missing', async () => {
    await expect(openDatabase(join(dir, 'none/platform.sqlite'))).rejects.toThrow(/folder exists/);
  });
});
