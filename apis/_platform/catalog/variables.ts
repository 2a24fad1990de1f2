import { ApiError } from 'api-deploy';
import type { Variable, VariableInput, VariableOwner } from '../model/environment.ts';
import type { Json } from '../model/json.ts';
import { sealSecret } from '../secrets/secrets.ts';
import { database } from '../storage/database.ts';
import { findRow, notFound } from '../storage/find-row.ts';
import { inTransaction } from '../storage/in-transaction.ts';
import { insertRow } from '../storage/insert-row.ts';
import type { Database } from '../storage/open-database.ts';
import { stamps } from '../storage/stamps.ts';
import type { Row } from '../storage/tables.ts';
import { fromJson } from './to-entity.ts';

export interface VariablePlace {
  of: VariableOwner;
  id: number;
}

const owners = {
  environment: { column: 'environmentId', table: 'environments' },
  module: { column: 'moduleId', table: 'modules' },
  project: { column: 'projectId', table: 'projects' },
} as const;

/** By name. */
export async function listVariables({ of, id }: VariablePlace): Promise<Variable[]> {
  const db = database();
  await findRow(db, owners[of].table, id);
  const rows = await db
    .selectFrom('variables')
    .selectAll()
    .where(owners[of].column, '=', id)
    .orderBy('name')
    .execute();
  return rows.map(toVariable);
}

/**
 * Sets variables, new ones and those that are there; the others of the owner stay.
 *
 * @throws ApiError NOT_FOUND; INVALID_VARIABLE; SECRET_KEY_INVALID
 */
export function setVariables(place: VariablePlace, variables: readonly VariableInput[]): Promise<Variable[]> {
  return inTransaction(async (db) => {
    await findRow(db, owners[place.of].table, place.id);
    const rows: Row<'variables'>[] = [];
    for (const variable of variables) rows.push(await setVariable(db, place, variable));
    return rows.map(toVariable);
  });
}

/** @throws ApiError NOT_FOUND */
export function removeVariable({ of, id }: VariablePlace, name: string): Promise<void> {
  return inTransaction(async (db) => {
    await findRow(db, owners[of].table, id);
    const { numDeletedRows } = await db
      .deleteFrom('variables')
      .where(owners[of].column, '=', id)
      .where('name', '=', name)
      .executeTakeFirstOrThrow();
    if (numDeletedRows === 0n) throw notFound(`variable of ${of} ${id} with the name`, `'${name}'`);
  });
}

async function setVariable(
  db: Database,
  { of, id }: VariablePlace,
  variable: VariableInput,
): Promise<Row<'variables'>> {
  const { column } = owners[of];
  const present = await db
    .selectFrom('variables')
    .selectAll()
    .where(column, '=', id)
    .where('name', '=', variable.name)
    .executeTakeFirst();
  const given = storedValue(variable, present);
  const enabled = variable.enabled === undefined ? (present?.enabled ?? 1) : Number(variable.enabled);
  if (present !== undefined) {
    const changes = { ...given, enabled, updatedAt: new Date().toISOString() };
    await db.updateTable('variables').set(changes).where('id', '=', present.id).execute();
    return { ...present, ...changes };
  }
  const owner = { environmentId: null, moduleId: null, projectId: null, [column]: id };
  return await insertRow(db, 'variables', { ...owner, name: variable.name, ...given, enabled, ...stamps() });
}

/** With neither value, the present one stays: so that a secret can be switched off without being entered again. */
function storedValue(
  { name, value, secretValue }: VariableInput,
  present: Row<'variables'> | undefined,
): { value: string; secret: number } {
  if (value !== undefined && secretValue !== undefined) {
    throw new ApiError('INVALID_VARIABLE', `variable '${name}': give either value or secretValue, got both`, {
      status: 422,
    });
  }
  if (secretValue !== undefined) return { value: sealSecret(secretValue), secret: 1 };
  if (value !== undefined) return { value: JSON.stringify(value), secret: 0 };
  if (present !== undefined) return { value: present.value, secret: present.secret };
  throw new ApiError('INVALID_VARIABLE', `variable '${name}': expected value or secretValue, got neither`, {
    status: 422,
  });
}

function toVariable({ id, name, secret, value, enabled, createdAt, updatedAt }: Row<'variables'>): Variable {
  return {
    id,
    name,
    secret: secret === 1,
    ...(secret === 1 ? {} : { value: fromJson<Json>(value) }),
    enabled: enabled === 1,
    createdAt,
    updatedAt,
  };
}
