import { sep } from 'node:path';

/** Whether a file lies in one of the folders, however deep. */
export function isWithin(file: string, folders: readonly string[]): boolean {
  return folders.some((folder) => file.startsWith(folder + sep));
}
