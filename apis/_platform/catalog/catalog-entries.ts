import type { CatalogEntry, CatalogEntryFields } from '../model/catalog-entry.ts';
import { insertRow } from '../storage/insert-row.ts';
import type { NewRow } from '../storage/tables.ts';
import { findRow } from '../storage/find-row.ts';
import { inTransaction } from '../storage/in-transaction.ts';
import type { Database } from '../storage/open-database.ts';
import { nextPosition } from '../storage/placement.ts';
import { stamps } from '../storage/stamps.ts';
import { updateRow } from '../storage/update-row.ts';
import { refuseForeignCategory } from './move-thing.ts';
import { refuseUnreadable } from './refuse-unreadable.ts';
import { toCatalogEntry } from './to-entity.ts';

export interface EntryPlace {
  moduleId: number;
  categoryId: number | null;
}

/** @throws ApiError NOT_FOUND; VALIDATION_ERROR with the paths of what cannot be read */
export async function createCatalogEntry(
  place: EntryPlace,
  fields: CatalogEntryFields,
): Promise<CatalogEntry> {
  refuseUnreadable(fields);
  return await inTransaction(async (db) => {
    await findRow(db, 'modules', place.moduleId);
    await refuseForeignCategory(db, place);
    return await insertCatalogEntry(db, place, fields);
  });
}

/** Without a look at the place, for whoever has just made it. */
export async function insertCatalogEntry(
  db: Database,
  place: EntryPlace,
  fields: CatalogEntryFields,
): Promise<CatalogEntry> {
  const row = await insertRow(db, 'apis', {
    ...defaults,
    ...withoutUndefined(toColumns(fields)),
    name: fields.name.trim(),
    url: fields.url.trim(),
    ...place,
    ownEndpoint: null,
    position: await nextPosition(db, { table: 'apis', ownerId: place.moduleId }),
    ...stamps(),
  });
  return toCatalogEntry(row);
}

/**
 * What stays is not refused.
 *
 * @throws ApiError NOT_FOUND; CONFLICT; VALIDATION_ERROR with the paths of what cannot be read
 */
export async function updateCatalogEntry(
  id: number,
  version: number,
  changes: Partial<CatalogEntryFields>,
): Promise<CatalogEntry> {
  refuseUnreadable(changes, 'changes.');
  return await inTransaction(async (db) =>
    toCatalogEntry(await updateRow(db, 'apis', { id, version, changes: toColumns(changes) })),
  );
}

const defaults = Object.freeze({
  method: 'GET',
  description: '',
  pathParamsJson: '[]',
  paramsJson: '[]',
  headersJson: '[]',
  bodyJson: '{"type":"none"}',
  authJson: '{"type":"inherit"}',
  settingsJson: '{}',
  tagsJson: '[]',
  assertionsJson: '[]',
  extractionsJson: '[]',
  schemasJson: null,
}) satisfies Partial<NewRow<'apis'>>;

/** What was not given stays undefined. */
function toColumns(fields: Partial<CatalogEntryFields>) {
  const { name, description, method, url, schemas } = fields;
  return {
    name: name?.trim(),
    description,
    method: method?.toUpperCase(),
    url: url?.trim(),
    pathParamsJson: toJson(fields.pathParams),
    paramsJson: toJson(fields.params),
    headersJson: toJson(fields.headers),
    bodyJson: toJson(fields.body),
    authJson: toJson(fields.auth),
    settingsJson: toJson(fields.settings),
    tagsJson: fields.tags && JSON.stringify(tidyTags(fields.tags)),
    assertionsJson: toJson(fields.assertions),
    extractionsJson: toJson(fields.extractions),
    schemasJson: schemas === null ? null : toJson(schemas),
  };
}

function toJson(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

function tidyTags(tags: readonly string[]): string[] {
  return [...new Set(tags.map((tag) => tag.trim()).filter((tag) => tag !== ''))];
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(columns: T): Given<T> {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined)) as Given<T>;
}
