import { lstat, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uploadFolderPrefix } from './upload-folder.ts';

const pattern = /^api-deploy-upload-([\w.]+)-(\d+)-\w{6}$/;
/** Nobody can tell whether a process of another machine lives; its folders go when they are that old. Milliseconds. */
const longestUpload = 86_400_000;

/**
 * Removes the folders that killed processes have left behind. Those of living ones stay, and those of other
 * users.
 *
 * @throws whatever the file system says
 */
export async function sweepUploads(folder: string = tmpdir()): Promise<void> {
  for (const name of await readdir(folder)) {
    const match = pattern.exec(name);
    if (match === null) continue;
    const path = join(folder, name);
    const found = await lstat(path).catch(() => undefined);
    if (found === undefined || !found.isDirectory() || isOthers(found.uid)) continue;
    const pid = Number(match[2]);
    const ownHost = name.startsWith(uploadFolderPrefix(pid));
    const left = ownHost ? isLeft(pid, found.mtimeMs) : found.mtimeMs < Date.now() - longestUpload;
    if (left) await rm(path, { recursive: true, force: true });
  }
}

/** Where the system has users at all. */
function isOthers(uid: number): boolean {
  return process.getuid !== undefined && uid !== process.getuid();
}

function isLeft(pid: number, changedAt: number): boolean {
  // In a container every process has the same id: what is older than this process is another's.
  if (pid === process.pid) return changedAt < Date.now() - process.uptime() * 1000 - 1000;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
