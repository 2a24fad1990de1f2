import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar';
import { BackupError, checkDatabase, type CheckedDatabase } from './check-database.ts';

/** What a backup says of itself, in `manifest.json`. */
export interface Manifest {
  format: 1;
  /** ISO 8601. */
  createdAt: string;
  /** Contents that the database refers to and that were not there. */
  missing: string[];
  withKey: boolean;
}

export const databaseName = 'platform.sqlite';
export const keyName = 'platform.key';
export const contentsName = 'files';
export const manifestName = 'manifest.json';

export interface UnpackedBackup extends CheckedDatabase {
  manifest: Manifest;
}

/**
 * Unpacks a backup into an empty folder and checks all of it: the database page by page, each stored file by its hash.
 *
 * @throws BackupError that says what is wrong with it
 */
export async function unpackBackup(file: string, into: string): Promise<UnpackedBackup> {
  const what = `the backup '${file}'`;
  if (
    !(await stat(file).then(
      (found) => found.isFile(),
      () => false,
    ))
  )
    throw new BackupError(
      `${what} does not exist; give the path of a file that 'api-deploy backup' has made`,
    );
  const isOurs = (path: string): boolean =>
    [databaseName, keyName, manifestName].includes(path) || /^files\/[0-9a-f]{64}$/.test(path);
  await mkdir(join(into, contentsName));
  await extract({ file, cwd: into, strict: true, filter: (path) => isOurs(path) }).catch((error: unknown) => {
    throw new BackupError(`${what} cannot be unpacked: ${(error as Error).message}`, { cause: error });
  });
  const manifest = await readManifest(join(into, manifestName), what);
  const checked = checkDatabase(join(into, databaseName), what);
  await checkContents({ dir: join(into, contentsName), wanted: checked.contents, manifest, what });
  return { ...checked, manifest };
}

async function readManifest(file: string, what: string): Promise<Manifest> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new BackupError(`${what} has no ${manifestName}: it is none of this program`);
  });
  const manifest = JSON.parse(text) as { format?: unknown };
  if (manifest.format !== 1) {
    throw new BackupError(
      `${what} has the format '${String(manifest.format)}', expected 1: it was made by a newer version; use that one`,
    );
  }
  return manifest as Manifest;
}

interface Contents {
  dir: string;
  wanted: readonly string[];
  manifest: Manifest;
  what: string;
}

async function checkContents({ dir, wanted, manifest, what }: Contents): Promise<void> {
  const present = new Set(await readdir(dir));
  const missing = wanted.find((sha256) => !present.has(sha256) && !manifest.missing.includes(sha256));
  if (missing !== undefined)
    throw new BackupError(`${what} is broken: the stored file ${missing} is missing`);
  for (const name of present) {
    if ((await sha256Of(join(dir, name))) !== name)
      throw new BackupError(`${what} is broken: the stored file ${name} has another content`);
  }
}

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
