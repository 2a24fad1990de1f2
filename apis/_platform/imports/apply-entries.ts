import { setImmediate as nextTurn } from 'node:timers/promises';
import { garbageCollector } from '../importers/collect-garbage.ts';
import { renameInJson } from '../importers/openapi/bundle-schema.ts';
import type { EntryColumns, PreparedEntry } from '../importers/prepared-collection.ts';
import { insertRows } from '../storage/insert-row.ts';
import type { Database } from '../storage/open-database.ts';
import { nextPosition } from '../storage/placement.ts';
import { stamps } from '../storage/stamps.ts';
import type { SchemaNames } from './apply-schemas.ts';
import type { EntryPlan, PlannedEntry, PresentEntry } from './plan-entries.ts';

const chunk = 50;
/** Entries from which on what is left of them is collected now and then. */
const many = 5000;

export interface EntryPlace {
  moduleId: number;
  categories: ReadonlyMap<string, number>;
  schemaNames: SchemaNames;
  keep: ReadonlySet<string>;
}

/** Entries of a module that people or imports made. */
export async function presentEntries(db: Database, moduleId: number): Promise<PresentEntry[]> {
  return await db
    .selectFrom('apis')
    .select([
      'id',
      'categoryId',
      'name',
      'method',
      'url',
      'description',
      'pathParamsJson',
      'paramsJson',
      'headersJson',
      'bodyJson',
      'authJson',
      'settingsJson',
      'tagsJson',
      'assertionsJson',
      'extractionsJson',
      'schemasJson',
    ])
    .where('moduleId', '=', moduleId)
    .where('ownEndpoint', 'is', null)
    .orderBy('position')
    .orderBy('id')
    .execute();
}

/** Writes what is planned, in chunks; gives the ids of entries that were added. */
export async function applyEntries(
  db: Database,
  plan: EntryPlan,
  place: EntryPlace,
): Promise<Map<PlannedEntry, number>> {
  const { moduleId } = place;
  const ids = new Map<PlannedEntry, number>();
  const added = plan.entries.filter((entry) => entry.action === 'added');
  let position = await nextPosition(db, { table: 'apis', ownerId: moduleId });
  const times = stamps();
  const collect = plan.entries.length < many ? undefined : garbageCollector();
  for (let from = 0; from < added.length; from += chunk) {
    const part = added.slice(from, from + chunk);
    const rows = part.map(({ entry }) => ({
      ...columnsOf(entry, place),
      moduleId,
      categoryId: categoryOf(entry, place),
      ownEndpoint: null,
      position: position++,
      ...times,
    }));
    const written = await insertRows(db, 'apis', rows);
    for (const [index, planned] of part.entries()) ids.set(planned, written[index] ?? 0);
    collect?.();
    await nextTurn();
  }
  let count = 0;
  for (const planned of plan.entries) {
    if (planned.action !== 'updated') continue;
    const { changes, entry, present } = planned;
    await db
      .updateTable('apis')
      .set((eb) => ({
        ...changes,
        ...(place.keep.has('category') ? {} : { categoryId: categoryOf(entry, place) }),
        updatedAt: times.updatedAt,
        version: eb('version', '+', 1),
      }))
      .where('id', '=', present.id)
      .execute();
    if (++count % chunk === 0) await nextTurn();
  }
  return ids;
}

export async function removeEntries(db: Database, entries: readonly PresentEntry[]): Promise<void> {
  for (let from = 0; from < entries.length; from += chunk) {
    const ids = entries.slice(from, from + chunk).map(({ id }) => id);
    await db.deleteFrom('apis').where('id', 'in', ids).execute();
  }
}

function columnsOf({ columns }: PreparedEntry, { schemaNames }: EntryPlace): EntryColumns {
  if (schemaNames.size === 0 || columns.schemasJson === null) return columns;
  return { ...columns, schemasJson: renameInJson(columns.schemasJson, schemaNames) };
}

function categoryOf({ category }: PreparedEntry, { categories }: EntryPlace): number | null {
  return category === undefined ? null : (categories.get(category) ?? null);
}
