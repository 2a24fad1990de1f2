import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { ApiError } from 'api-deploy';
import type { ProjectChildFilter, Sort } from '../model/listing.ts';
import type { Page } from '../model/page.ts';
import type { FileFields, StoredFile } from '../model/stored-file.ts';
import { database } from '../storage/database.ts';
import { findRow } from '../storage/find-row.ts';
import { inTransaction } from '../storage/in-transaction.ts';
import { insertRow } from '../storage/insert-row.ts';
import { directionOf, hasText, listRows, type Paging } from '../storage/list-rows.ts';
import { nextPosition } from '../storage/placement.ts';
import { stamps } from '../storage/stamps.ts';
import type { Row } from '../storage/tables.ts';
import { updateRow } from '../storage/update-row.ts';
import { contentPath, removeUnusedContents, writeContent } from './file-contents.ts';
import { editedOf } from './to-entity.ts';

export interface Upload {
  projectId: number;
  name: string;
  contentType: string;
  content: AsyncIterable<Uint8Array>;
}

export async function storeFile({ projectId, name, contentType, content }: Upload): Promise<StoredFile> {
  await findRow(database(), 'projects', projectId);
  const written = await writeContent(content);
  try {
    return await inTransaction(async (db) => {
      await findRow(db, 'projects', projectId);
      await written.keep();
      const row = await insertRow(db, 'files', {
        projectId,
        name,
        contentType,
        size: written.size,
        sha256: written.sha256,
        position: await nextPosition(db, { table: 'files', ownerId: projectId }),
        ...stamps(),
      });
      return toStoredFile(row);
    });
  } finally {
    await written.discard();
  }
}

export async function listFiles(
  { projectId, text }: ProjectChildFilter,
  sort: Sort,
  paging: Paging,
): Promise<Page<StoredFile>> {
  const { column, direction } = directionOf(sort);
  let rows = database().selectFrom('files').selectAll();
  if (projectId !== undefined) rows = rows.where('projectId', '=', projectId);
  if (text !== undefined) rows = rows.where(hasText(['name'], text));
  const page = await listRows(rows.orderBy(column, direction).orderBy('id', direction), paging);
  return { ...page, items: page.items.map(toStoredFile) };
}

export function updateFile(id: number, version: number, changes: Partial<FileFields>): Promise<StoredFile> {
  return inTransaction(async (db) => toStoredFile(await updateRow(db, 'files', { id, version, changes })));
}

/** The content goes with the last file that has it. */
export async function removeFile(id: number): Promise<void> {
  const { sha256 } = await inTransaction(async (db) => {
    const row = await findRow(db, 'files', id);
    await db.deleteFrom('files').where('id', '=', id).execute();
    return row;
  });
  await removeUnusedContents([sha256]);
}

export function duplicateFile(id: number, name: string | undefined): Promise<StoredFile> {
  return inTransaction(async (db) => {
    const { projectId, contentType, size, sha256, ...original } = await findRow(db, 'files', id);
    const row = await insertRow(db, 'files', {
      projectId,
      name: name ?? original.name,
      contentType,
      size,
      sha256,
      position: await nextPosition(db, { table: 'files', ownerId: projectId }),
      ...stamps(),
    });
    return toStoredFile(row);
  });
}

/** A stored file as the runner sends it; undefined when there is none. */
export async function resolveFile(id: number) {
  const row = await database().selectFrom('files').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) return undefined;
  const { sha256, size, name, contentType } = row;
  return { file: contentPath(sha256), size, name, contentType };
}

/** The content as an answer; a browser saves it and runs nothing of it. */
export async function downloadFile(id: number): Promise<Response> {
  const { name, contentType, size, sha256 } = await findRow(database(), 'files', id);
  const path = contentPath(sha256);
  const present = await stat(path).catch(() => undefined);
  if (present?.size !== size) {
    throw new ApiError(
      'FILE_CONTENT_MISSING',
      `the content of file ${id} ('${name}') is not in the data folder any more, or was changed there; upload it again`,
      { status: 500, details: { id, sha256 } },
    );
  }
  return new Response(Readable.toWeb(createReadStream(path)) as ReadableStream, {
    headers: {
      'content-type': contentType,
      'content-length': String(size),
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`,
      'x-content-type-options': 'nosniff',
    },
  });
}

export function toStoredFile(row: Row<'files'>): StoredFile {
  const { projectId, name, contentType, size, sha256 } = row;
  return { ...editedOf(row), projectId, name, contentType, size, sha256 };
}
