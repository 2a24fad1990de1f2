import { apiFunction } from 'api-deploy';
import { duplicateEnvironment } from './_platform/catalog/copy-environment.ts';
import * as environments from './_platform/catalog/environments.ts';
import { moveThing } from './_platform/catalog/move-thing.ts';
import { removeThing } from './_platform/catalog/remove-thing.ts';
import { reorderThings } from './_platform/catalog/reorder-things.ts';
import { toEnvironment } from './_platform/catalog/to-entity.ts';
import * as ownVariables from './_platform/catalog/variables.ts';
import type { EnvironmentFields, VariableInput, VariableOwner } from './_platform/model/environment.ts';
import type { ProjectChildFilter, Sort } from './_platform/model/listing.ts';
import { database } from './_platform/storage/database.ts';
import { findRow } from './_platform/storage/find-row.ts';

interface NewEnvironment extends EnvironmentFields {
  /** @integer */
  projectId: number;
}

/**
 * Creates an environment in a project: a set of variables such as `baseUrl`, chosen with each run. Its name must be free
 * in the project, else the answer is 409 NAME_TAKEN.
 */
export const create = apiFunction(({ projectId, ...environment }: NewEnvironment) =>
  environments.createEnvironment(projectId, environment),
);

/**
 * Gives an environment with its variables; secrets without their value.
 *
 * @readonly
 */
export const get = apiFunction(async (/** @integer */ id: number) => ({
  ...toEnvironment(await findRow(database(), 'environments', id)),
  variables: await ownVariables.listVariables({ of: 'environment', id }),
}));

/**
 * Lists environments, a page at a time.
 *
 * @param sort `-` begins with the greatest
 * @param page from 1
 * @readonly
 */
export const list = apiFunction(
  (
    filter: ProjectChildFilter = {},
    sort: Sort = 'position',
    /** @integer @minimum 1 */ page = 1,
    /** @integer @minimum 1 @maximum 200 */ pageSize = 50,
  ) => environments.listEnvironments(filter, sort, { page, pageSize }),
);

/**
 * Changes what is named in `changes`. When it was changed by somebody else meanwhile, the answer is 409 CONFLICT with
 * the present version.
 *
 * @param version as it was read
 */
export const update = apiFunction(
  (/** @integer */ id: number, /** @integer */ version: number, changes: Partial<EnvironmentFields>) =>
    environments.updateEnvironment(id, version, changes),
);

/**
 * Removes an environment with its variables. Runs that used it stay.
 *
 * @destructive
 */
export const remove = apiFunction(async (/** @integer */ id: number) => {
  await removeThing('environments', id);
  return { removed: id };
});

/**
 * Copies an environment within its project, with its variables and secrets.
 *
 * @param name of the copy. Default: that of the original with a number
 */
export const duplicate = apiFunction(
  (/** @integer */ id: number, /** @minLength 1 @maxLength 100 @pattern \S */ name?: string) =>
    duplicateEnvironment(id, name?.trim()),
);

/** Moves an environment with its variables to another project. */
export const move = apiFunction(async (/** @integer */ id: number, /** @integer */ projectId: number) =>
  toEnvironment(await moveThing('environments', { id, to: projectId })),
);

/**
 * Puts environments of a project first, in this order; its others follow in the order that they have.
 *
 * @param ids at most 10,000
 */
export const reorder = apiFunction(
  async (
    /** @integer */ projectId: number,
    /** @minItems 1 @maxItems 10000 @uniqueItems */ ids: number[],
  ) => {
    await reorderThings({ table: 'environments', ownerId: projectId }, ids);
    return { reordered: ids.length };
  },
);

/**
 * Lists the variables of an environment, a module or a project by name; secrets without their value.
 *
 * @param of whose they are
 * @param id of the environment, module or project
 * @readonly
 */
export const variables = apiFunction((of: VariableOwner, /** @integer */ id: number) =>
  ownVariables.listVariables({ of, id }),
);

/**
 * Sets variables of an environment, a module or a project, new ones and those that are there; all others stay. Give
 * `value`, or `secretValue` for what nobody may read again. With neither, a variable that is there keeps its value.
 *
 * @param of whose they are
 * @param id of the environment, module or project
 */
export const setVariables = apiFunction(
  (
    of: VariableOwner,
    /** @integer */ id: number,
    /** @minItems 1 @maxItems 1000 */ variables: VariableInput[],
  ) => ownVariables.setVariables({ of, id }, variables),
);

/**
 * Removes a variable of an environment, a module or a project.
 *
 * @param of whose it is
 * @param id of the environment, module or project
 * @destructive
 */
export const removeVariable = apiFunction(
  async (of: VariableOwner, /** @integer */ id: number, /** @maxLength 200 */ name: string) => {
    await ownVariables.removeVariable({ of, id }, name);
    return { removed: name };
  },
);
