import { basename } from 'node:path';
import { apiFunction } from 'api-deploy';
import * as files from './_platform/catalog/files.ts';
import { moveThing } from './_platform/catalog/move-thing.ts';
import { reorderThings } from './_platform/catalog/reorder-things.ts';
import type { ProjectChildFilter, Sort } from './_platform/model/listing.ts';
import type { FileFields } from './_platform/model/stored-file.ts';
import { database } from './_platform/storage/database.ts';
import { findRow } from './_platform/storage/find-row.ts';

/**
 * Stores a file in a project, for multipart and binary bodies. Send it as a part of a `multipart/form-data` request.
 * The same content takes no more room when it is stored again.
 *
 * @param name Default: that of the upload
 * @param contentType Default: that of the upload
 */
export const create = apiFunction(
  (
    /** @integer */ projectId: number,
    file: File,
    /** @minLength 1 @maxLength 255 @pattern ^[^/\\]*[^/\\\s][^/\\]*$ */ name?: string,
    /** @minLength 1 @maxLength 255 @pattern ^[\w.+-]+/[\w.+-]+ */ contentType?: string,
  ) =>
    files.storeFile({
      projectId,
      name: (name ?? basename(file.name.replaceAll('\\', '/'))).slice(0, 255) || 'file',
      contentType: contentType ?? (file.type.slice(0, 255) || 'application/octet-stream'),
      content: file.stream(),
    }),
);

/**
 * Gives what is known of a file; its content is at `files/download`.
 *
 * @readonly
 */
export const get = apiFunction(async (/** @integer */ id: number) =>
  files.toStoredFile(await findRow(database(), 'files', id)),
);

/**
 * Gives the content of a file, as it was uploaded.
 *
 * @readonly
 */
export const download = apiFunction((/** @integer */ id: number) => files.downloadFile(id));

/**
 * Lists files, a page at a time.
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
  ) => files.listFiles(filter, sort, { page, pageSize }),
);

/**
 * Changes name or media type. When it was changed by somebody else meanwhile, the answer is 409 CONFLICT with the
 * present version.
 *
 * @param version as it was read
 */
export const update = apiFunction(
  (/** @integer */ id: number, /** @integer */ version: number, changes: Partial<FileFields>) =>
    files.updateFile(id, version, changes),
);

/**
 * Removes a file; its content goes with the last file that has it.
 *
 * @destructive
 */
export const remove = apiFunction(async (/** @integer */ id: number) => {
  await files.removeFile(id);
  return { removed: id };
});

/**
 * Copies a file within its project; both share the content.
 *
 * @param name of the copy. Default: that of the original
 */
export const duplicate = apiFunction(
  (
    /** @integer */ id: number,
    /** @minLength 1 @maxLength 255 @pattern ^[^/\\]*[^/\\\s][^/\\]*$ */ name?: string,
  ) => files.duplicateFile(id, name),
);

/** Moves a file to another project. */
export const move = apiFunction(async (/** @integer */ id: number, /** @integer */ projectId: number) =>
  files.toStoredFile(await moveThing('files', { id, to: projectId })),
);

/**
 * Puts files of a project first, in this order; its others follow in the order that they have.
 *
 * @param ids at most 10,000
 */
export const reorder = apiFunction(
  async (
    /** @integer */ projectId: number,
    /** @minItems 1 @maxItems 10000 @uniqueItems */ ids: number[],
  ) => {
    await reorderThings({ table: 'files', ownerId: projectId }, ids);
    return { reordered: ids.length };
  },
);
