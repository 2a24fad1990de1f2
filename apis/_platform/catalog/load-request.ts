import { ApiError } from 'api-deploy';
import type { Auth } from '../model/request.ts';
import type { PlanRequest } from '../model/run-plan.ts';
import type { Database } from '../storage/open-database.ts';
import type { Row } from '../storage/tables.ts';
import { fromJson, toCatalogEntry } from './to-entity.ts';

/** Ids that one query asks for: SQLite and others limit the number of parameters. */
const batch = 500;

/**
 * Catalog entries as the runner needs them, in the order of `ids`, each with the auth that it inherits.
 *
 * @throws ApiError NOT_FOUND that names all that are missing
 */
export async function loadRequests(db: Database, ids: readonly number[]): Promise<PlanRequest[]> {
  const rows = await rowsOf(db, ids);
  const missing = ids.filter((id) => !rows.has(id));
  if (missing.length > 0) {
    throw new ApiError('NOT_FOUND', `there is no catalog entry ${missing.join(', ')}`, {
      status: 404,
      details: { kind: 'catalog entry', ids: missing },
    });
  }
  return ids.flatMap((id) => rows.get(id) ?? []).map(toPlanRequest);
}

/** Those of these catalog entries that there are, as the runner needs them. */
export async function findRequests(db: Database, ids: readonly number[]): Promise<Map<number, PlanRequest>> {
  const rows = await rowsOf(db, [...new Set(ids)]);
  return new Map([...rows].map(([id, row]) => [id, toPlanRequest(row)]));
}

/**
 * A catalog entry as the runner needs it.
 *
 * @throws ApiError NOT_FOUND
 */
export async function loadRequest(db: Database, id: number): Promise<PlanRequest> {
  return (await loadRequests(db, [id]))[0] as PlanRequest;
}

/** `inherit` looks at the next one; what nobody says is none. */
export function resolveAuth(auths: readonly Auth[]): Auth {
  return auths.find(({ type }) => type !== 'inherit') ?? { type: 'none' };
}

type JoinedRow = Row<'apis'> & { auths: Auth[] };

async function rowsOf(db: Database, ids: readonly number[]): Promise<Map<number, JoinedRow>> {
  const rows = new Map<number, JoinedRow>();
  for (let from = 0; from < ids.length; from += batch) {
    const found = await db
      .selectFrom('apis')
      .innerJoin('modules', 'modules.id', 'apis.moduleId')
      .innerJoin('projects', 'projects.id', 'modules.projectId')
      .leftJoin('categories', 'categories.id', 'apis.categoryId')
      .selectAll('apis')
      .select([
        'categories.authJson as categoryAuth',
        'modules.authJson as moduleAuth',
        'projects.authJson as projectAuth',
      ])
      .where('apis.id', 'in', ids.slice(from, from + batch))
      .execute();
    for (const { categoryAuth, moduleAuth, projectAuth, ...row } of found) {
      const texts = [row.authJson, categoryAuth, moduleAuth, projectAuth];
      rows.set(row.id, {
        ...row,
        auths: texts.flatMap((text) => (text === null ? [] : [fromJson<Auth>(text)])),
      });
    }
  }
  return rows;
}

function toPlanRequest(row: JoinedRow): PlanRequest {
  const { id, name, moduleId, method, url, pathParams, params, headers, body, settings, ...entry } =
    toCatalogEntry(row);
  return {
    name,
    api: id,
    module: moduleId,
    spec: { method, url, pathParams, params, headers, body, auth: resolveAuth(row.auths), settings },
    assertions: entry.assertions,
    extractions: entry.extractions,
  };
}
