import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { apiFunction, ApiError } from 'api-deploy';
import { findBackup, listBackups, removeOldBackups } from './_platform/backups/backup-list.ts';
import { backupPlace, ownRetention } from './_platform/backups/backup-place.ts';
import './_platform/backups/back-up-regularly.ts';
import { BackupError } from './_platform/backups/check-database.ts';
import { createBackup } from './_platform/backups/create-backup.ts';

const forAdmins = { roles: ['admin'] } as const;

/**
 * Backs the database up with all stored files, while the service goes on. The backup is unpacked and checked before it
 * counts; then those that are older than `backupRetention`, or more than `backupCount`, are removed. It is put back by
 * `api-deploy restore`, while no service runs.
 *
 * @param withKey Whether the key file goes with it. Without it, a backup shows nobody a secret, and its secrets can be
 * read only where that key is still at hand: keep a copy of `<dataDir>/platform.key` in another place.
 */
export const create = apiFunction(
  async (withKey = false) => {
    const { dataDir, dir } = backupPlace();
    const backup = await createBackup({ dataDir, dir, withKey }).catch((error: unknown) => {
      if (!(error instanceof BackupError)) throw error;
      throw new ApiError('BACKUP_FAILED', error.message, { status: 500, cause: error });
    });
    return { ...backup, removed: await removeOldBackups(dir, ownRetention(), new Date()) };
  },
  { ...forAdmins, timeout: 600 },
);

/**
 * Lists the backups in `<dataDir>/backups`, newest first.
 *
 * @readonly
 */
export const list = apiFunction(async () => ({ items: await listBackups(backupPlace().dir) }), forAdmins);

/**
 * Removes a backup.
 *
 * @param name as `list` gives it
 * @destructive
 */
export const remove = apiFunction(async (/** @maxLength 200 */ name: string) => {
  await rm(await findBackup(backupPlace().dir, name), { force: true });
  return { removed: name };
}, forAdmins);

/**
 * Gives a backup as a file (`application/gzip`).
 *
 * @param name as `list` gives it
 * @readonly
 */
export const download = apiFunction(async (/** @maxLength 200 */ name: string) => {
  const path = await findBackup(backupPlace().dir, name);
  const { size } = await stat(path);
  return new Response(Readable.toWeb(createReadStream(path)) as ReadableStream, {
    headers: {
      'content-type': 'application/gzip',
      'content-length': String(size),
      'content-disposition': `attachment; filename="${name}"`,
    },
  });
}, forAdmins);
