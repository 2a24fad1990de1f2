import { ApiError } from 'api-deploy';
import { sql } from 'kysely';
import type { Database } from '../storage/open-database.ts';
import { requestLimit } from './plan-run.ts';
import { likePattern } from './like-pattern.ts';

/** Which catalog entries of a project: all that every given part holds for. */
export interface ApiFilter {
  projectId: number;
  /** @maxItems 1000 */
  moduleIds?: number[];
  /** @maxItems 1000 */
  categoryIds?: number[];
  /** In capital letters. @maxItems 50 */
  methods?: string[];
  /** With at least one of these. @maxItems 100 */
  tags?: string[];
  /** Anywhere in the name or the URL. @maxLength 200 */
  text?: string;
}

/** Ids in the order of modules and their entries; one more than a run may have, when there are more. */
export async function findApis(db: Database, filter: ApiFilter): Promise<number[]> {
  const project = await db
    .selectFrom('projects')
    .select('id')
    .where('id', '=', filter.projectId)
    .executeTakeFirst();
  if (project === undefined)
    throw new ApiError('NOT_FOUND', `there is no project ${filter.projectId}`, {
      status: 404,
      details: { kind: 'project', id: filter.projectId },
    });
  let query = db
    .selectFrom('apis')
    .innerJoin('modules', 'modules.id', 'apis.moduleId')
    .select(['apis.id', 'apis.tagsJson'])
    .where('modules.projectId', '=', filter.projectId);
  if (filter.moduleIds !== undefined) query = query.where('apis.moduleId', 'in', filter.moduleIds);
  if (filter.categoryIds !== undefined) query = query.where('apis.categoryId', 'in', filter.categoryIds);
  if (filter.methods !== undefined) query = query.where('apis.method', 'in', filter.methods);
  if (filter.text !== undefined && filter.text !== '') {
    const pattern = likePattern(filter.text.toLowerCase());
    query = query.where(
      sql<boolean>`(lower(apis.name) like ${pattern} escape '!' or lower(apis.url) like ${pattern} escape '!')`,
    );
  }
  const { tags } = filter;
  const rows = await query
    .orderBy('modules.position')
    .orderBy('modules.id')
    .orderBy('apis.position')
    .orderBy('apis.id')
    .execute();
  const found = rows.filter(
    ({ tagsJson }) =>
      tags === undefined || (JSON.parse(tagsJson) as string[]).some((tag) => tags.includes(tag)),
  );
  return found.slice(0, requestLimit + 1).map(({ id }) => id);
}

/** @throws ApiError INVALID_REQUEST unless exactly one of the two is given */
export async function chooseApis(
  db: Database,
  apiIds: number[] | undefined,
  filter: ApiFilter | undefined,
): Promise<number[]> {
  if ((apiIds === undefined) === (filter === undefined))
    throw new ApiError(
      'INVALID_REQUEST',
      `expected either 'apiIds' or 'filter', got ${apiIds === undefined ? 'neither' : 'both'}`,
      { status: 422 },
    );
  return apiIds ?? (filter === undefined ? [] : await findApis(db, filter));
}
