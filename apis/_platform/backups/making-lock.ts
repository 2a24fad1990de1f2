import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Seconds after which whoever makes a backup must have ended, or died. */
const longest = 3_600;

/** Runs `work`, unless another process makes a backup in this folder now: then it gives undefined. */
export async function whileNobodyElse<T>(dir: string, work: () => Promise<T>): Promise<T | undefined> {
  const lock = join(dir, '.making.lock');
  await mkdir(dir, { recursive: true });
  const age = await stat(lock).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  if (age > longest * 1000) await rm(lock, { force: true });
  try {
    await (await open(lock, 'wx')).close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}
