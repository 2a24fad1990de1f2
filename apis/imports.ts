import { ApiError, apiFunction, onLoad, type CallContext } from 'api-deploy';
import { formatNames } from './_platform/importers/importers.ts';
import { importDocuments, type ImportRequest } from './_platform/imports/import-documents.ts';
import type { MergeMode } from './_platform/imports/import-report.ts';
import { createTransport } from './_platform/transport/create-transport.ts';

/** Seconds for a document of thousands of requests. */
const timeout = 300;

/** What an update may leave as it is. */
type KeptField =
  | 'name'
  | 'description'
  | 'category'
  | 'pathParams'
  | 'params'
  | 'headers'
  | 'body'
  | 'auth'
  | 'settings'
  | 'tags'
  | 'assertions'
  | 'extractions'
  | 'schemas';

interface ImportCall {
  /** Where each document gets a module of its name. Give this, or `moduleId`. @integer */
  projectId?: number;
  /** The module that the documents go into. @integer */
  moduleId?: number;
  /** The document itself, for small ones. */
  text?: string;
  /** Name of the file that `text` comes from: `$ref`s are relative to it. @maxLength 500 */
  fileName?: string;
  /** Documents as uploads, and the files that they refer to. */
  files?: File[];
  /** Where to fetch a document. @maxLength 8000 */
  url?: string;
  /** Name of a format, see `formats`. Default: each text is looked at. */
  format?: string;
  /** Default: `addOnly`. */
  mode?: MergeMode;
  /** Fields that an update leaves as they are. */
  keep?: KeptField[];
  /** Fetches what the documents refer to by URL, where it may be reached. Default: false. */
  resolveUrls?: boolean;
  /** Adds a check of each answer against the schema of its success status, where there is one. Default: false. */
  schemaAssertions?: boolean;
}

let allowPrivate = false;

onLoad((service) => {
  allowPrivate = service.config['runnerAllowPrivate'] === true;
});

/**
 * Names of the formats that can be imported.
 *
 * @readonly
 */
export const formats = apiFunction(() => formatNames());

/**
 * Says what an import would do, and changes nothing: a report for each document, as `apply` gives it.
 *
 * @readonly
 */
export const preview = apiFunction(
  async ({ ...call }: ImportCall, ctx: CallContext) => ({
    documents: await importDocuments(await toRequest(call, ctx), 'preview'),
  }),
  { timeout },
);

/**
 * Imports API descriptions and collections into the catalog, all of them or none: OpenAPI 3.0 and 3.1, Swagger 2.0,
 * Postman collections and environments, HAR, cURL commands, Insomnia. Large documents are sent as uploads. The report
 * of each document adds up: read = added + updated + unchanged + skipped.
 */
export const apply = apiFunction(
  async ({ ...call }: ImportCall, ctx: CallContext) => ({
    documents: await importDocuments(await toRequest(call, ctx), 'apply'),
  }),
  { timeout },
);

async function toRequest(call: ImportCall, ctx: CallContext): Promise<ImportRequest> {
  const files = await Promise.all(
    (call.files ?? []).map(async (file) => ({ name: file.name || 'upload', text: await textOf(file) })),
  );
  if (call.text !== undefined) files.unshift({ name: call.fileName ?? 'text', text: call.text });
  return {
    target: toTarget(call),
    mode: call.mode ?? 'addOnly',
    keep: new Set<string>(call.keep),
    files,
    urls: call.url === undefined ? [] : [call.url],
    format: call.format,
    options: { schemaAssertions: call.schemaAssertions ?? false },
    resolveUrls: call.resolveUrls ?? false,
    transport: () => createTransport({ allowPrivate }),
    signal: ctx.signal,
  };
}

/** Piece by piece: `file.text()` leaves two copies of all bytes behind. */
async function textOf(file: File): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of file.stream()) text += decoder.decode(bytes, { stream: true });
  return text + decoder.decode();
}

function toTarget({ projectId, moduleId }: ImportCall): ImportRequest['target'] {
  if (moduleId !== undefined && projectId === undefined) return { moduleId };
  if (projectId !== undefined && moduleId === undefined) return { projectId };
  throw new ApiError('IMPORT_TARGET', "give either 'projectId' or 'moduleId': where the documents go", {
    status: 422,
  });
}
