import { ApiError } from 'api-deploy';
import type { ImportFile, ImportOptions } from '../importers/importer.ts';
import { readDocuments } from '../importers/read-documents.ts';
import type { Transport } from '../model/transport.ts';
import { database } from '../storage/database.ts';
import { inTransaction } from '../storage/in-transaction.ts';
import { applyCollection, type ApplyOptions } from './apply-collection.ts';
import { fetchDocument } from './fetch-document.ts';
import type { ImportReport } from './import-report.ts';

export interface ImportRequest extends ApplyOptions {
  files: ImportFile[];
  /** URLs of documents to read beside the files. */
  urls: string[];
  format?: string | undefined;
  options: ImportOptions;
  /** Whether what the documents refer to by URL is fetched. */
  resolveUrls: boolean;
  /** Makes the transport for URLs when one is needed. */
  transport: () => Transport;
  signal: AbortSignal;
}

/**
 * Reads documents and brings them into the catalog, all of them or none. A preview does the same and takes it back.
 *
 * @throws ApiError IMPORT_EMPTY, IMPORT_FORMAT_UNKNOWN, IMPORT_INVALID, IMPORT_FETCH_FAILED, NOT_FOUND
 */
export async function importDocuments(
  request: ImportRequest,
  how: 'apply' | 'preview',
): Promise<ImportReport[]> {
  const collections = await read(request);
  const reports: ImportReport[] = [];
  const work = async (db: Parameters<typeof applyCollection>[0]): Promise<void> => {
    for (const collection of collections) {
      request.signal.throwIfAborted();
      reports.push(await applyCollection(db, collection, request));
    }
  };
  if (how === 'apply') {
    await inTransaction(work);
    return reports;
  }
  const before = new Set((await database().selectFrom('modules').select('id').execute()).map(({ id }) => id));
  const undo = new Error('a preview changes nothing');
  await inTransaction(async (db) => {
    await work(db);
    throw undo;
  }).catch((error: unknown) => {
    if (error !== undo) throw error;
  });
  return reports.map((report) => asPreview(report, before));
}

async function read(request: ImportRequest) {
  const { urls, signal, options, format } = request;
  let transport: Transport | undefined;
  const fetchUrl = (url: string): Promise<string> => {
    transport ??= request.transport();
    return fetchDocument(transport, url, signal);
  };
  try {
    const files = [...request.files];
    for (const url of urls) files.push({ name: url, text: await fetchUrl(url) });
    if (files.length === 0) {
      throw new ApiError('IMPORT_EMPTY', "nothing to import: give 'text', 'files' or 'url'", { status: 422 });
    }
    const all = await readDocuments(
      { files, format, options },
      { signal, ...(request.resolveUrls ? { fetchUrl } : {}) },
    );
    return all;
  } finally {
    await transport?.close();
  }
}

/** Ids that exist only until the preview is taken back say nothing. */
function asPreview(report: ImportReport, modules: ReadonlySet<number>): ImportReport {
  return {
    ...report,
    moduleId: report.moduleId !== null && modules.has(report.moduleId) ? report.moduleId : null,
    entries: report.entries.map((outcome) => {
      if (outcome.action !== 'added') return outcome;
      const { id: _, ...rest } = outcome;
      return rest;
    }),
  };
}
