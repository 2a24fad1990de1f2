import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogFileName } from './log-file-name.ts';

export interface SweepOptions {
  readonly name: LogFileName;
  /** Seconds since a file was last written. */
  readonly retention: number;
  /** Absolute path of the file in use; never deleted. */
  readonly current: string | undefined;
}

export interface SweepResult {
  /** File names. */
  readonly deleted: readonly string[];
  readonly failed: readonly { readonly name: string; readonly cause: string }[];
}

/**
 * Deletes the log's files that were last written longer ago than `retention`. Only regular files whose
 * name belongs to the log are touched, links and folders are not. Never rejects.
 */
export async function sweepLogs({ name, retention, current }: SweepOptions): Promise<SweepResult> {
  const oldest = Date.now() - retention * 1_000;
  const deleted: string[] = [];
  const failed: { name: string; cause: string }[] = [];
  for (const entry of await entriesOf(name.folder)) {
    const file = join(name.folder, entry.name);
    if (!entry.isFile() || !name.matches(entry.name) || file === current) continue;
    try {
      if ((await stat(file)).mtimeMs >= oldest) continue;
      await unlink(file);
      deleted.push(entry.name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        failed.push({ name: entry.name, cause: String(error) });
    }
  }
  return { deleted, failed };
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch {
    return []; // no folder, nothing to delete
  }
}
