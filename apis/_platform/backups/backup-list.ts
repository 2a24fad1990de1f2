import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiError } from 'api-deploy';

/** A backup that was verified when it was made. */
export interface Backup {
  /** Name of its file. */
  name: string;
  /** Bytes. */
  size: number;
  /** ISO 8601. */
  createdAt: string;
}

/** How long backups are kept. The newest one always is. */
export interface Retention {
  /** Seconds. */
  seconds: number;
  /** How many at most. */
  most: number;
}

const pattern = /^api-deploy-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z\.tar\.gz$/;

/** `api-deploy-20301231T235959999Z.tar.gz` */
export function backupName(time: Date): string {
  return `api-deploy-${time.toISOString().replaceAll(/[-:.]/g, '')}.tar.gz`;
}

function timeOf(name: string): string | undefined {
  const parts = pattern.exec(name)?.slice(1);
  if (parts === undefined) return undefined;
  const [year, month, day, hours, minutes, seconds, ms] = parts;
  return `${year}-${month}-${day}T${hours}:${minutes}:${seconds}.${ms}Z`;
}

/** Newest first. A folder that does not exist has none; other files in it are left out. */
export async function listBackups(dir: string): Promise<Backup[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const backups: Backup[] = [];
  for (const name of names.toSorted((a, b) => (a < b ? 1 : -1))) {
    const createdAt = timeOf(name);
    // One that another process has just removed is gone.
    const found = createdAt === undefined ? undefined : await stat(join(dir, name)).catch(() => undefined);
    if (createdAt !== undefined && found !== undefined) backups.push({ name, size: found.size, createdAt });
  }
  return backups;
}

/**
 * Where a backup lies.
 *
 * @throws ApiError NOT_FOUND that lists what there is
 */
export async function findBackup(dir: string, name: string): Promise<string> {
  const backups = await listBackups(dir);
  // Looked up, never joined as it came: a name may hold a path.
  const found = backups.find((backup) => backup.name === name);
  if (found !== undefined) return join(dir, found.name);
  throw new ApiError('NOT_FOUND', `there is no backup '${name}'; backups.list gives those that there are`, {
    status: 404,
    details: { kind: 'backup', name, newest: backups.slice(0, 10).map((backup) => backup.name) },
  });
}

/** Removes what is too old or too many; gives the names. */
export async function removeOldBackups(
  dir: string,
  { seconds, most }: Retention,
  now: Date,
): Promise<string[]> {
  const oldest = new Date(now.getTime() - seconds * 1000).toISOString();
  const backups = await listBackups(dir);
  const old = backups.filter(({ createdAt }, index) => index > 0 && (index >= most || createdAt < oldest));
  for (const { name } of old) await rm(join(dir, name), { force: true });
  return old.map(({ name }) => name);
}
