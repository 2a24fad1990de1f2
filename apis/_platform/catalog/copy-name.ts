import { editedTables, type EditedTable } from '../storage/edited-tables.ts';
import type { Database } from '../storage/open-database.ts';
import { nextPosition } from '../storage/placement.ts';
import { freeName, refuseTakenName } from '../storage/unique-name.ts';

const longestName = {
  projects: 100,
  modules: 50,
  categories: 100,
  apis: 200,
  scenarios: 200,
  environments: 100,
  datasets: 200,
  files: 255,
} as const satisfies Record<EditedTable, number>;

export interface CopyToName {
  table: EditedTable;
  ownerId?: number;
  /** Of the original. */
  original: string;
  /** As it was asked for. */
  wanted: string | undefined;
}

/**
 * Name and place of a copy beside its original.
 *
 * @throws ApiError NAME_TAKEN when a name was asked for that is not free
 */
export async function nameCopy(
  db: Database,
  { table, ownerId, original, wanted }: CopyToName,
): Promise<{ name: string; position: number }> {
  const owner = editedTables[table].owner === undefined || ownerId === undefined ? {} : { ownerId };
  const position = await nextPosition(db, { table, ...owner });
  if (wanted !== undefined) {
    await refuseTakenName(db, { table, ...owner, name: wanted });
    return { name: wanted, position };
  }
  return { name: await freeName(db, { table, ...owner, name: original }, longestName[table]), position };
}
