import type { Dataset } from '../model/dataset.ts';
import { findRow } from '../storage/find-row.ts';
import { inTransaction } from '../storage/in-transaction.ts';
import { insertRow } from '../storage/insert-row.ts';
import { nameCopy } from './copy-name.ts';
import { asNew, copyDatasetRows } from './copy-rows.ts';
import { toDataset } from './datasets.ts';

export function duplicateDataset(id: number, wanted: string | undefined): Promise<Dataset> {
  return inTransaction(async (db) => {
    const row = await findRow(db, 'datasets', id);
    const named = await nameCopy(db, {
      table: 'datasets',
      ownerId: row.projectId,
      original: row.name,
      wanted,
    });
    const copy = await insertRow(db, 'datasets', { ...asNew(row), ...named });
    await copyDatasetRows(db, { from: id, to: copy.id });
    return toDataset(copy);
  });
}
