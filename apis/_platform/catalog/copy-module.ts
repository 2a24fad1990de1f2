import type { Module } from '../model/module.ts';
import { findRow } from '../storage/find-row.ts';
import { inTransaction } from '../storage/in-transaction.ts';
import { insertRow } from '../storage/insert-row.ts';
import { nameCopy } from './copy-name.ts';
import { asNew, copyModuleContents, rewriteReferences } from './copy-rows.ts';
import { noCopiedIds } from './remap-references.ts';
import { toModule } from './to-entity.ts';

export function duplicateModule(id: number, wanted: string | undefined): Promise<Module> {
  return inTransaction(async (db) => {
    const row = await findRow(db, 'modules', id);
    const named = await nameCopy(db, {
      table: 'modules',
      ownerId: row.projectId,
      original: row.name,
      wanted,
    });
    const copy = await insertRow(db, 'modules', { ...asNew(row), ...named, ownModule: null });
    const ids = noCopiedIds();
    await copyModuleContents(db, { from: id, to: copy.id }, ids);
    await rewriteReferences(db, ids);
    return toModule(copy);
  });
}
