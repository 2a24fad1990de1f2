import type { CatalogEntry } from '../model/catalog-entry.ts';
import { findRow } from '../storage/find-row.ts';
import { inTransaction } from '../storage/in-transaction.ts';
import { nextPosition } from '../storage/placement.ts';
import { freeName } from '../storage/unique-name.ts';
import { copyEntry } from './copy-rows.ts';
import { noCopiedIds } from './remap-references.ts';
import { toCatalogEntry } from './to-entity.ts';

export function duplicateEntry(id: number, wanted: string | undefined): Promise<CatalogEntry> {
  return inTransaction(async (db) => {
    const row = await findRow(db, 'apis', id);
    const { moduleId } = row;
    const name = wanted ?? (await freeName(db, { table: 'apis', ownerId: moduleId, name: row.name }, 200));
    const position = await nextPosition(db, { table: 'apis', ownerId: moduleId });
    const copy = await copyEntry(db, row, { moduleId, ids: noCopiedIds(), name, position });
    return toCatalogEntry(await findRow(db, 'apis', copy));
  });
}
