import { createHash } from 'node:crypto';

/** By which two versions of a file are told apart: the beginning of SHA-256, in hex. */
export function contentHash(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}
