import { join } from 'node:path';
import type { PlanFile } from '../engine/engine-parts.ts';
import type { Database } from '../storage/open-database.ts';

/** Where the content of a stored file lies; undefined when there is none with this id. */
export async function resolveFile(db: Database, dataDir: string, id: number): Promise<PlanFile | undefined> {
  const row = await db
    .selectFrom('files')
    .select(['name', 'contentType', 'size', 'sha256'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { name, contentType, size, sha256 } = row;
  return { file: join(dataDir, 'files', sha256), size, name, contentType };
}
