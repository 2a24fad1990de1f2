import { ApiError, apiFunction } from 'api-deploy';
import { copyProject } from './_platform/catalog/copy-project.ts';
import * as projects from './_platform/catalog/projects.ts';
import { reorderThings } from './_platform/catalog/reorder-things.ts';
import { toProject } from './_platform/catalog/to-entity.ts';
import type { Sort, TextFilter } from './_platform/model/listing.ts';
import type { ProjectFields } from './_platform/model/project.ts';
import { database } from './_platform/storage/database.ts';
import { findRow } from './_platform/storage/find-row.ts';
import { allowedTargetProblem } from './_platform/transport/target-guard.ts';

/**
 * Creates a project: the frame of modules, environments, scenarios, datasets, files and runs. Its name must be free,
 * else the answer is 409 NAME_TAKEN.
 */
export const create = apiFunction(({ ...project }: ProjectFields) => {
  checkSettings(project);
  return projects.createProject(project);
});

/**
 * Gives a project.
 *
 * @readonly
 */
export const get = apiFunction(async (/** @integer */ id: number) =>
  toProject(await findRow(database(), 'projects', id)),
);

/**
 * Lists projects, a page at a time.
 *
 * @param sort `-` begins with the greatest
 * @param page from 1
 * @readonly
 */
export const list = apiFunction(
  (
    filter: TextFilter = {},
    sort: Sort = 'position',
    /** @integer @minimum 1 */ page = 1,
    /** @integer @minimum 1 @maximum 200 */ pageSize = 50,
  ) => projects.listProjects(filter, sort, { page, pageSize }),
);

/**
 * Changes what is named in `changes`. When it was changed by somebody else meanwhile, the answer is 409 CONFLICT with
 * the present version.
 *
 * @param version as it was read
 */
export const update = apiFunction(
  (/** @integer */ id: number, /** @integer */ version: number, changes: Partial<ProjectFields>) => {
    checkSettings(changes);
    return projects.updateProject(id, version, changes);
  },
);

/**
 * Removes a project with everything in it: modules, catalog entries, environments, scenarios, datasets, files,
 * schedules and runs.
 *
 * @destructive
 */
export const remove = apiFunction(async (/** @integer */ id: number) => {
  await projects.removeProject(id);
  return { removed: id };
});

/**
 * Copies a project with its modules, catalog, environments, secrets, scenarios, datasets and files; what refers to one
 * another within it does so in the copy. Runs and schedules stay with the original.
 *
 * @param name of the copy. Default: that of the original with a number
 */
export const duplicate = apiFunction(
  (/** @integer */ id: number, /** @minLength 1 @maxLength 100 @pattern \S */ name?: string) =>
    copyProject(id, name?.trim()),
);

/**
 * Puts projects first, in this order; the others follow in the order that they have.
 *
 * @param ids at most 10,000
 */
export const reorder = apiFunction(async (/** @minItems 1 @maxItems 10000 @uniqueItems */ ids: number[]) => {
  await reorderThings({ table: 'projects' }, ids);
  return { reordered: ids.length };
});

/** @throws ApiError VALIDATION_ERROR for targets that no run could understand */
function checkSettings({ settings }: Partial<ProjectFields>): void {
  const details = (settings?.allow ?? []).flatMap((entry, index) => {
    const message = allowedTargetProblem(entry);
    return message === undefined ? [] : [{ path: `settings.allow[${index}]`, message }];
  });
  const [first] = details;
  if (first === undefined) return;
  throw new ApiError('VALIDATION_ERROR', `${first.path}: ${first.message}`, { status: 422, details });
}
