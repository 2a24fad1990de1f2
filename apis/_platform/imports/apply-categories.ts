import type { ImportedCategory } from '../importers/importer.ts';
import { defaultColour } from '../model/category.ts';
import { insertRow } from '../storage/insert-row.ts';
import type { Database } from '../storage/open-database.ts';
import { nextPosition } from '../storage/placement.ts';
import { stamps } from '../storage/stamps.ts';
import type { MergeMode, PartCounts } from './import-report.ts';

/** Ids of the categories of a module by their names. */
export async function categoryIds(db: Database, moduleId: number): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('categories')
    .select(['id', 'name'])
    .where('moduleId', '=', moduleId)
    .execute();
  return new Map(rows.map(({ id, name }) => [name, id]));
}

/** Makes the categories of a document, and gives those that are there what the document says of them. */
export async function applyCategories(
  db: Database,
  categories: readonly ImportedCategory[],
  merge: { moduleId: number; mode: MergeMode; needed: ReadonlySet<string>; counts: PartCounts },
): Promise<Map<string, number>> {
  const { moduleId, counts } = merge;
  const rows = await db.selectFrom('categories').selectAll().where('moduleId', '=', moduleId).execute();
  const present = new Map(rows.map((row) => [row.name, row]));
  const ids = new Map(rows.map(({ id, name }) => [name, id]));
  const described = new Map(categories.map((category) => [category.name, category]));
  let position = await nextPosition(db, { table: 'categories', ownerId: moduleId });
  for (const name of new Set([...described.keys(), ...merge.needed])) {
    const said: Partial<ImportedCategory> = described.get(name) ?? {};
    const { description = '', auth = { type: 'inherit' } } = said;
    const authJson = JSON.stringify(auth);
    const now = present.get(name);
    const colour = said.colour ?? now?.colour ?? defaultColour;
    if (now === undefined) {
      const { id } = await insertRow(db, 'categories', {
        moduleId,
        name,
        description,
        colour,
        authJson,
        position: position++,
        ...stamps(),
      });
      ids.set(name, id);
      counts.added++;
    } else if (
      merge.mode === 'addOnly' ||
      !described.has(name) ||
      (now.description === description && now.authJson === authJson && now.colour === colour)
    ) {
      counts.unchanged++;
    } else {
      await db
        .updateTable('categories')
        .set({ description, colour, authJson, updatedAt: new Date().toISOString(), version: now.version + 1 })
        .where('id', '=', now.id)
        .execute();
      counts.updated++;
    }
  }
  return ids;
}
