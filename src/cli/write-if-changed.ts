import { mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a file so that nobody ever reads half of it, and not at all when it has this text already, so that
 * no watcher wakes up. Missing folders are made; a link's target is written, the link stays. Tells whether it wrote.
 *
 * @throws Error of `node:fs` when the place cannot be written
 */
export async function writeIfChanged(file: string, text: string): Promise<boolean> {
  if ((await orUndefined(readFile(file, 'utf8'))) === text) return false;
  await mkdir(dirname(file), { recursive: true });
  const target = (await orUndefined(realpath(file))) ?? file;
  const mode = (await orUndefined(stat(target)))?.mode;
  const draft = `${target}.${process.pid}.tmp`;
  try {
    await writeFile(draft, text, mode === undefined ? {} : { mode });
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  return true;
}

async function orUndefined<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}
