import type { Environment } from '../model/environment.ts';
import { findRow } from '../storage/find-row.ts';
import { inTransaction } from '../storage/in-transaction.ts';
import { insertRow } from '../storage/insert-row.ts';
import { nameCopy } from './copy-name.ts';
import { asNew, copyVariables } from './copy-rows.ts';
import { toEnvironment } from './to-entity.ts';

export function duplicateEnvironment(id: number, wanted: string | undefined): Promise<Environment> {
  return inTransaction(async (db) => {
    const row = await findRow(db, 'environments', id);
    const named = await nameCopy(db, {
      table: 'environments',
      ownerId: row.projectId,
      original: row.name,
      wanted,
    });
    const copy = await insertRow(db, 'environments', { ...asNew(row), ...named });
    await copyVariables(db, 'environmentId', { from: id, to: copy.id });
    return toEnvironment(copy);
  });
}
