import { ApiError } from 'api-deploy';
import { asEdited, editedTables, named, type EditedTable } from './edited-tables.ts';
import type { Database } from './open-database.ts';

export interface NamedPlace {
  table: EditedTable;
  /** Undefined where the table has no owners. */
  ownerId?: number | undefined;
  name: string;
  /** The row that may have the name: it is the one that is changed. */
  except?: number;
}

/** @throws ApiError NAME_TAKEN when a sibling has this name already */
export async function refuseTakenName(db: Database, place: NamedPlace): Promise<void> {
  const taken = await ownerOfName(db, place);
  if (taken === undefined) return;
  const { label, owner } = editedTables[place.table];
  const where = owner === undefined ? '' : ` in ${editedTables[owner.table].label} ${place.ownerId}`;
  throw new ApiError(
    'NAME_TAKEN',
    `there is a ${label} '${place.name}'${where} already; choose another name`,
    {
      status: 409,
      details: { id: taken, name: place.name },
    },
  );
}

/** `name`, or where it is taken, `name (2)`, `name (3)`, …: within `limit` characters. */
export async function freeName(db: Database, place: NamedPlace, limit: number): Promise<string> {
  for (let count = 1; ; count++) {
    const suffix = count === 1 ? '' : ` (${count})`;
    const name =
      [...place.name]
        .slice(0, limit - suffix.length)
        .join('')
        .trimEnd() + suffix;
    if ((await ownerOfName(db, { ...place, name })) === undefined) return name;
  }
}

async function ownerOfName(
  db: Database,
  { table, ownerId, name, except }: NamedPlace,
): Promise<number | undefined> {
  const { owner } = editedTables[table];
  let rows = asEdited(db).selectFrom(named(table)).select('id').where('name', '=', name);
  if (owner !== undefined && ownerId !== undefined) rows = rows.where(owner.column, '=', ownerId);
  if (except !== undefined) rows = rows.where('id', '!=', except);
  return (await rows.executeTakeFirst())?.id;
}
