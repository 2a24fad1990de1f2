import { rm } from 'node:fs/promises';

/** Removes a folder of ours. What was given up on, such as an unpacking that failed, may still be writing into it. */
export function removeWork(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}
