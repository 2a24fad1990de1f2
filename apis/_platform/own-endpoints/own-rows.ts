import type { Database } from '../storage/open-database.ts';
import { nextPosition } from '../storage/placement.ts';
import { stamps } from '../storage/stamps.ts';
import type { Row, RowUpdate } from '../storage/tables.ts';
import { updateRow } from '../storage/update-row.ts';
import { followedFields, type OwnEntry } from './own-entry.ts';

export interface EntryPlace {
  moduleId: number;
  ownEndpoint: string;
  schemasJson: string;
}

export async function insertEntry(db: Database, place: EntryPlace, entry: OwnEntry): Promise<void> {
  await db
    .insertInto('apis')
    .values({
      ...place,
      name: entry.name,
      description: entry.description,
      method: entry.method,
      url: entry.url,
      categoryId: null,
      pathParamsJson: '[]',
      paramsJson: '[]',
      headersJson: '[]',
      bodyJson: JSON.stringify(entry.body),
      authJson: '{"type":"inherit"}',
      settingsJson: '{}',
      tagsJson: JSON.stringify(entry.tags),
      assertionsJson: JSON.stringify(entry.assertions),
      extractionsJson: '[]',
      ownJson: JSON.stringify(entry),
      position: await nextPosition(db, { table: 'apis', ownerId: place.moduleId }),
      ...stamps(),
    })
    .execute();
}

/** Gives whether something had to be changed. */
export async function followEntry(
  db: Database,
  row: Row<'apis'>,
  { next, schemasJson }: { next: OwnEntry; schemasJson: string },
): Promise<boolean> {
  const ownJson = JSON.stringify(next);
  const changes: RowUpdate<'apis'> = toColumns(followedFields(presentOf(row), lastOf(row), next));
  if (row.schemasJson !== schemasJson) changes.schemasJson = schemasJson;
  if (row.ownJson !== ownJson) changes.ownJson = ownJson;
  if (Object.keys(changes).length === 0) return false;
  await updateRow(db, 'apis', { id: row.id, version: row.version, changes });
  return true;
}

/** What the entry says now. */
export function presentOf(row: Row<'apis'>): OwnEntry {
  return {
    name: row.name,
    description: row.description,
    method: row.method,
    url: row.url,
    body: JSON.parse(row.bodyJson) as OwnEntry['body'],
    tags: JSON.parse(row.tagsJson) as OwnEntry['tags'],
    assertions: JSON.parse(row.assertionsJson) as OwnEntry['assertions'],
  };
}

/** What it was given last; when that is not known, all that it says is people's. */
export function lastOf(row: Row<'apis'>): OwnEntry {
  if (row.ownJson !== null) return JSON.parse(row.ownJson) as OwnEntry;
  return { ...presentOf(row), tags: [], name: '', description: '', url: '' };
}

function toColumns({ body, tags, assertions, ...texts }: Partial<OwnEntry>): RowUpdate<'apis'> {
  return {
    ...texts,
    ...(body === undefined ? {} : { bodyJson: JSON.stringify(body) }),
    ...(tags === undefined ? {} : { tagsJson: JSON.stringify(tags) }),
    ...(assertions === undefined ? {} : { assertionsJson: JSON.stringify(assertions) }),
  };
}
