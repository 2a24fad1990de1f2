import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { onLoad } from 'api-deploy';
import { inTransaction } from '../storage/in-transaction.ts';

let folder: string | undefined;

onLoad(async ({ dataDir }) => {
  const path = join(dataDir, 'files');
  await mkdir(path, { recursive: true });
  folder = path;
});

/** Absolute path of a stored content: `<dataDir>/files/<sha256>`. */
export function contentPath(sha256: string): string {
  if (folder === undefined) throw new Error('stored files were used before onLoad');
  return join(folder, sha256);
}

/** A content that has reached the disk, and nothing refers to yet. */
export interface NewContent {
  sha256: string;
  /** Bytes. */
  size: number;
  /** Puts it in its place; within the transaction that writes the first row of it. */
  keep(): Promise<void>;
  /** Removes what was not kept. */
  discard(): Promise<void>;
}

/** Writes a content as it comes; one that is stored already takes no more room once it is kept. */
export async function writeContent(content: AsyncIterable<Uint8Array>): Promise<NewContent> {
  const aside = contentPath(`${randomUUID()}.part`);
  const discard = () => rm(aside, { force: true });
  const hash = createHash('sha256');
  let size = 0;
  try {
    await using file = await open(aside, 'wx', 0o600);
    for await (const chunk of content) {
      hash.update(chunk);
      size += chunk.byteLength;
      await file.writeFile(chunk);
    }
    await file.sync();
  } catch (error) {
    await discard();
    throw error;
  }
  const sha256 = hash.digest('hex');
  return { sha256, size, keep: () => rename(aside, contentPath(sha256)), discard };
}

/** Removes the contents that no row refers to any more. */
export async function removeUnusedContents(contents: readonly string[]): Promise<void> {
  if (contents.length === 0) return;
  // While nobody else writes: an upload of the same content would be left without it.
  await inTransaction(async (db) => {
    for (const sha256 of new Set(contents)) {
      const row = await db.selectFrom('files').select('id').where('sha256', '=', sha256).executeTakeFirst();
      if (row === undefined) await rm(contentPath(sha256), { force: true });
    }
  });
}
