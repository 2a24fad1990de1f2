import { randomUUID } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { readSecretKey } from '../secrets/secret-key.ts';
import { BackupError } from './check-database.ts';
import { removeWork } from './remove-work.ts';
import { contentsName, databaseName, keyName, unpackBackup, type UnpackedBackup } from './unpack-backup.ts';

export interface RestoreOptions {
  /** The backup; relative paths start at the working folder. */
  file: string;
  dataDir: string;
  env: NodeJS.ProcessEnv;
}

export interface Restored {
  /** ISO 8601: when the backup was made. */
  createdAt: string;
  /** What was there before, now beside it; undefined when there was nothing. */
  replaced: string | undefined;
  /** Stored files that the backup lacks. */
  missing: string[];
  /** Whether its secrets were sealed under another key than the one that is there now. */
  needsOtherKey: boolean;
}

/**
 * Puts a backup in the place of the database. The present one stays beside it, under a name of its own. All is checked
 * before anything is changed.
 *
 * @throws BackupError when the backup is broken, or somebody has the database open
 */
export async function restoreBackup({ file, dataDir, env }: RestoreOptions): Promise<Restored> {
  await mkdir(dataDir, { recursive: true });
  const work = join(dataDir, `.restoring-${randomUUID()}`);
  await mkdir(work, { mode: 0o700 });
  try {
    const backup = await unpackBackup(resolve(file), work);
    refuseInUse(join(dataDir, databaseName));
    const stamp = new Date().toISOString().replaceAll(/[-:.]/g, '');
    await placeContents(join(work, contentsName), join(dataDir, contentsName));
    const replaced = await replaceFile(join(work, databaseName), join(dataDir, databaseName), stamp);
    if (backup.manifest.withKey && !(await haveSame(join(work, keyName), join(dataDir, keyName))))
      await replaceFile(join(work, keyName), join(dataDir, keyName), stamp);
    const { createdAt, missing } = backup.manifest;
    return { createdAt, replaced, missing, needsOtherKey: await needsOtherKey(backup, { env, dataDir }) };
  } finally {
    await removeWork(work);
  }
}

/** Leaving write-ahead logging takes the whole file, which SQLite grants only when nobody else has it open. */
function refuseInUse(file: string): void {
  let connection: SqliteDatabase.Database;
  try {
    connection = new SqliteDatabase(file, { fileMustExist: true, timeout: 1_000 });
  } catch {
    // There is none.
    return;
  }
  try {
    connection.pragma('journal_mode = DELETE');
  } catch (error) {
    const { code } = error as { code?: string };
    if (code?.startsWith('SQLITE_BUSY') === true || code?.startsWith('SQLITE_LOCKED') === true) {
      throw new BackupError(
        `'${file}' is in use: a service runs on this dataDir; stop it, restore, and start it again`,
        { cause: error },
      );
    }
    // It is broken: one more reason to restore.
  } finally {
    connection.close();
  }
}

async function placeContents(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) await rename(join(from, name), join(to, name));
}

/** Gives where the file that was there is now. */
async function replaceFile(from: string, to: string, stamp: string): Promise<string | undefined> {
  const beside = `${to}.replaced-${stamp}`;
  const hadOne = await exists(to);
  if (hadOne) {
    await rename(to, beside);
    // Of a database that was not closed in order; they belong to that one alone.
    for (const ending of ['-wal', '-shm'])
      if (await exists(to + ending)) await rename(to + ending, beside + ending);
  }
  try {
    await rename(from, to);
  } catch (error) {
    if (hadOne) await rename(beside, to);
    throw error;
  }
  return hadOne ? beside : undefined;
}

async function needsOtherKey(
  { keys }: UnpackedBackup,
  { env, dataDir }: { env: NodeJS.ProcessEnv; dataDir: string },
): Promise<boolean> {
  if (keys.length === 0) return false;
  // Reading would make one.
  if ((env['PLATFORM_KEY'] ?? '') === '' && !(await exists(join(dataDir, keyName)))) return true;
  const { id } = readSecretKey(env, dataDir);
  return keys.some((key) => key !== id);
}

async function haveSame(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((file) => readFile(file).catch(() => undefined)));
  return a !== undefined && b !== undefined && a.equals(b);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
