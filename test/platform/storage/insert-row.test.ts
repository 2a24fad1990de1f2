import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { CamelCasePlugin, Kysely, type DialectAdapter } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insertRow, insertRows } from '../../../apis/_platform/storage/insert-row.ts';
import { openDatabase, type Database } from '../../../apis/_platform/storage/open-database.ts';
import { SharedSqliteDialect } from '../../../apis/_platform/storage/sqlite-dialect.ts';
import { stamps } from '../../../apis/_platform/storage/stamps.ts';
import type { Tables } from '../../../apis/_platform/storage/tables.ts';
import { projectRoot } from '../../support/start-server.ts';

/** As MySQL: the number of a new row, and nothing more. */
class WithoutReturning extends SharedSqliteDialect {
  override createAdapter(): DialectAdapter {
    return Object.create(super.createAdapter(), { supportsReturning: { value: false } }) as DialectAdapter;
  }
}

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'insert-row-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const open: Record<string, (file: string) => Promise<Database>> = {
  SQLite: (file) => openDatabase(file),
  'a database without RETURNING': async (file) => {
    await (await openDatabase(file)).destroy();
    const dialect = new WithoutReturning(new SqliteDatabase(file));
    return new Kysely<Tables>({
      dialect,
      plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
    });
  },
};
const project = (name: string) => ({
  name,
  description: '',
  authJson: '{}',
  settingsJson: '{}',
  ...stamps(),
});

it.each(Object.keys(open))('%s: a new row comes with its number and its defaults', async (name) => {
  const db = (await open[name]?.(join(dir, 'platform.sqlite'))) as Database;
  try {
    const given = project('first');
    const row = await insertRow(db, 'projects', given);
    expect(row).toEqual({ ...given, id: row.id, position: 0, version: 1, ownJson: null });
    const ids = await insertRows(db, 'projects', [project('second'), project('third')]);
    const names = await db
      .selectFrom('projects')
      .select('name')
      .where('id', 'in', ids)
      .orderBy('id')
      .execute();
    expect(names).toEqual([{ name: 'second' }, { name: 'third' }]);
  } finally {
    await db.destroy();
  }
});

describe('SQL that not every database has', () => {
  const special =
    /\.returning(All)?\(|\.onConflict\(|\.replaceInto\(|\binsert or\b|\bjson_extract\(|\bstrftime\(|\bglob\b/i;
  /** What is behind an interface of its own. */
  const allowed = ['storage/insert-row.ts', 'catalog/text-search.ts', 'backups/'];

  it('stays in one place', async () => {
    const root = join(projectRoot, 'apis/_platform');
    const files = (await readdir(root, { recursive: true })).filter((file) => file.endsWith('.ts'));
    expect(files.length).toBeGreaterThan(300);
    const found: string[] = [];
    for (const file of files) {
      if (allowed.some((place) => file.startsWith(place)) || file.startsWith('storage/migrations/')) continue;
      const code = (await readFile(join(root, file), 'utf8')).replaceAll(/\/\*.*?\*\/|\/\/.*$/gms, '');
      if (code.includes('selectFrom') || code.includes('insertInto') || code.includes('sql`'))
        if (special.test(code)) found.push(file);
    }
    expect(found).toEqual([]);
  });
});
