import { basename } from 'node:path';
import { apiFunction } from 'api-deploy';
import { duplicateDataset } from './_platform/catalog/copy-dataset.ts';
import * as datasets from './_platform/catalog/datasets.ts';
import { moveThing } from './_platform/catalog/move-thing.ts';
import { decodeText, fromRows, readDataset } from './_platform/catalog/read-dataset.ts';
import { removeThing } from './_platform/catalog/remove-thing.ts';
import { reorderThings } from './_platform/catalog/reorder-things.ts';
import type { DatasetFields } from './_platform/model/dataset.ts';
import type { ProjectChildFilter, Sort } from './_platform/model/listing.ts';
import type { DatasetRow } from './_platform/model/run-plan.ts';
import { database } from './_platform/storage/database.ts';
import { findRow } from './_platform/storage/find-row.ts';

interface NewDataset extends DatasetFields {
  /** @integer */
  projectId: number;
  /** Its first rows: column names with values. Default: none. */
  rows?: DatasetRow[];
}

/**
 * Creates a dataset in a project: rows of variables for data-driven runs. Its name must be free in the project, else the
 * answer is 409 NAME_TAKEN. For many rows, or CSV, use `datasets/upload`.
 */
export const create = apiFunction(({ rows = [], ...dataset }: NewDataset) =>
  datasets.createDataset(dataset, fromRows(rows)),
);

/**
 * Creates a dataset from a CSV or JSON file, sent as a part of a `multipart/form-data` request. CSV has the names of the
 * columns in its first line; JSON is a list of objects, or one object in each line.
 *
 * @param name Default: that of the file
 * @param format Default: `json` for files named so or of that type, else `csv`
 * @param inferTypes whether `12`, `true` and `null` in CSV become a number, a boolean and null; else all is text
 */
export const upload = apiFunction(
  async (
    /** @integer */ projectId: number,
    file: File,
    /** @minLength 1 @maxLength 200 @pattern \S */ name?: string,
    format?: 'csv' | 'json',
    inferTypes = false,
  ) => {
    const read = await readFile(file, { format, inferTypes });
    const fileName = basename(file.name.replaceAll('\\', '/')).replace(/\.\w+$/, '');
    return await datasets.createDataset(
      { projectId, name: name ?? (fileName.slice(0, 200) || 'dataset') },
      read,
    );
  },
);

/**
 * Replaces all rows of a dataset by those of a CSV or JSON file, as with `datasets/upload`.
 *
 * @param version as it was read
 * @destructive
 */
export const replaceRows = apiFunction(
  async (
    /** @integer */ id: number,
    /** @integer */ version: number,
    file: File,
    format?: 'csv' | 'json',
    inferTypes = false,
  ) => datasets.replaceRows(id, version, await readFile(file, { format, inferTypes })),
);

/** Adds rows behind those that are there. */
export const appendRows = apiFunction(
  (/** @integer */ id: number, /** @minItems 1 @maxItems 10000 */ rows: DatasetRow[]) =>
    datasets.appendRows(id, fromRows(rows)),
);

/**
 * Gives the rows of a dataset, a page at a time.
 *
 * @param page from 1
 * @readonly
 */
export const rows = apiFunction(
  (
    /** @integer */ id: number,
    /** @integer @minimum 1 */ page = 1,
    /** @integer @minimum 1 @maximum 1000 */ pageSize = 50,
  ) => datasets.pageOfRows(id, { page, pageSize }),
);

/**
 * Gives a dataset without its rows; these are at `datasets/rows`.
 *
 * @readonly
 */
export const get = apiFunction(async (/** @integer */ id: number) =>
  datasets.toDataset(await findRow(database(), 'datasets', id)),
);

/**
 * Lists datasets, a page at a time.
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
  ) => datasets.listDatasets(filter, sort, { page, pageSize }),
);

/**
 * Changes name or description. When it was changed by somebody else meanwhile, the answer is 409 CONFLICT with the
 * present version.
 *
 * @param version as it was read
 */
export const update = apiFunction(
  (/** @integer */ id: number, /** @integer */ version: number, changes: Partial<DatasetFields>) =>
    datasets.updateDataset(id, version, changes),
);

/**
 * Removes a dataset with its rows.
 *
 * @destructive
 */
export const remove = apiFunction(async (/** @integer */ id: number) => {
  await removeThing('datasets', id);
  return { removed: id };
});

/**
 * Copies a dataset within its project, with its rows.
 *
 * @param name of the copy. Default: that of the original with a number
 */
export const duplicate = apiFunction(
  (/** @integer */ id: number, /** @minLength 1 @maxLength 200 @pattern \S */ name?: string) =>
    duplicateDataset(id, name?.trim()),
);

/** Moves a dataset to another project. */
export const move = apiFunction(async (/** @integer */ id: number, /** @integer */ projectId: number) =>
  datasets.toDataset(await moveThing('datasets', { id, to: projectId })),
);

/**
 * Puts datasets of a project first, in this order; its others follow in the order that they have.
 *
 * @param ids at most 10,000
 */
export const reorder = apiFunction(
  async (
    /** @integer */ projectId: number,
    /** @minItems 1 @maxItems 10000 @uniqueItems */ ids: number[],
  ) => {
    await reorderThings({ table: 'datasets', ownerId: projectId }, ids);
    return { reordered: ids.length };
  },
);

async function readFile(
  file: File,
  { format, inferTypes }: { format: 'csv' | 'json' | undefined; inferTypes: boolean },
) {
  const looksLikeJson = /\.(?:json|jsonl|ndjson)$/i.test(file.name) || /json/.test(file.type);
  const text = decodeText(new Uint8Array(await file.arrayBuffer()));
  return readDataset(text, { format: format ?? (looksLikeJson ? 'json' : 'csv'), inferTypes });
}
