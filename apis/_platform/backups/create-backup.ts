import { randomUUID } from 'node:crypto';
import { chmod, copyFile, link, mkdir, open, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { create } from 'tar';
import { backupName, type Backup } from './backup-list.ts';
import { BackupError, checkDatabase } from './check-database.ts';
import { removeWork } from './remove-work.ts';
import {
  contentsName,
  databaseName,
  keyName,
  manifestName,
  unpackBackup,
  type Manifest,
} from './unpack-backup.ts';

export interface BackupOptions {
  dataDir: string;
  /** Where the backup goes; made when it is missing. */
  dir: string;
  /** Whether the key file goes with it: whoever has the backup can then read its secrets. */
  withKey: boolean;
}

/** Pages that are copied in one go, between which the event loop turns. */
const pagesAtOnce = 1_000;

/** Milliseconds after which the rest is copied in one go: writers begin a copy anew. */
const patience = 20_000;

/**
 * Makes a backup while the service goes on: a consistent copy of the database with the stored files, packed into one
 * file, and unpacked and checked before it counts.
 *
 * @throws BackupError when there is nothing to back up, or the copy does not stand the check; nothing is left then
 */
export async function createBackup({ dataDir, dir, withKey }: BackupOptions): Promise<Backup> {
  const time = new Date();
  await mkdir(dir, { recursive: true });
  const work = join(dir, `.making-${randomUUID()}`);
  const content = join(work, 'content');
  await mkdir(content, { recursive: true, mode: 0o700 });
  try {
    await copyDatabase(join(dataDir, databaseName), join(content, databaseName));
    const { contents } = checkDatabase(join(content, databaseName), 'the copy of the database');
    const missing = await linkContents(contents, join(dataDir, contentsName), join(content, contentsName));
    if (withKey) await copyKey(join(dataDir, keyName), join(content, keyName));
    const manifest: Manifest = { format: 1, createdAt: time.toISOString(), missing, withKey };
    await writeFile(join(content, manifestName), JSON.stringify(manifest, undefined, 2));
    const packed = join(work, 'packed');
    const names = [manifestName, databaseName, contentsName, ...(withKey ? [keyName] : [])];
    await create({ cwd: content, file: packed, gzip: true, portable: true }, names);
    const checked = join(work, 'checked');
    await mkdir(checked);
    await unpackBackup(packed, checked);
    const name = backupName(time);
    await chmod(packed, 0o600);
    await flush(packed);
    await rename(packed, join(dir, name));
    await flush(dir);
    const { size } = await stat(join(dir, name));
    return { name, size, createdAt: time.toISOString() };
  } finally {
    await removeWork(work);
  }
}

async function copyDatabase(from: string, to: string): Promise<void> {
  let source: SqliteDatabase.Database;
  try {
    source = new SqliteDatabase(from, { readonly: true, fileMustExist: true, timeout: 10_000 });
  } catch (error) {
    throw new BackupError(
      `there is nothing to back up: '${from}' cannot be opened (${(error as Error).message}); is this the dataDir of the service?`,
      { cause: error },
    );
  }
  const deadline = performance.now() + patience;
  try {
    await source.backup(to, {
      progress: () => (performance.now() > deadline ? Number.MAX_SAFE_INTEGER : pagesAtOnce),
    });
  } finally {
    source.close();
  }
}

/** Gives what is not there: a file that was removed after the database was copied. */
async function linkContents(contents: readonly string[], from: string, to: string): Promise<string[]> {
  await mkdir(to);
  const missing: string[] = [];
  for (const sha256 of contents) {
    try {
      // Contents never change; a link costs nothing, where both are on one disk.
      await link(join(from, sha256), join(to, sha256)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') throw error;
        return copyFile(join(from, sha256), join(to, sha256));
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      missing.push(sha256);
    }
  }
  return missing;
}

async function copyKey(from: string, to: string): Promise<void> {
  await copyFile(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new BackupError(
      `there is no key file '${from}' to go with the backup: the key comes from the environment, or no secret was stored yet; leave the key out`,
      { cause: error },
    );
  });
}

/** So that it is there after a power cut. */
async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
