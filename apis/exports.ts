import { ApiError, apiFunction, type CallContext } from 'api-deploy';
import { entryAsCurl } from './_platform/exporters/export-entry.ts';
import { runAsHar } from './_platform/exporters/export-run.ts';
import { loadCollection, type ExportSource } from './_platform/exporters/load-collection.ts';
import { percentEncode } from './_platform/importers/read-node.ts';
import { writeDocument } from './_platform/exporters/write-document.ts';

const timeout = 300;

/**
 * Exports a module, or a whole project, as an OpenAPI 3.1 document to download. What OpenAPI has no words for is
 * written as `x-api-deploy`, so that importing the document gives the same entries. Values of secrets are left out.
 *
 * @param projectId give this, or `moduleId`
 * @readonly
 */
export const openapi = apiFunction(
  async (ctx: CallContext, /** @integer */ projectId?: number, /** @integer */ moduleId?: number) => {
    const collection = await loadCollection(toSource(projectId, moduleId));
    return download(
      await writeDocument('openapi', collection, ctx.signal),
      `${collection.name}.openapi.json`,
    );
  },
  { timeout },
);

/**
 * Exports a module, or a whole project, as a Postman collection 2.1 to download: categories become folders, checks and
 * extractions test scripts. Values of secrets are left out.
 *
 * @param projectId give this, or `moduleId`
 * @readonly
 */
export const postman = apiFunction(
  async (ctx: CallContext, /** @integer */ projectId?: number, /** @integer */ moduleId?: number) => {
    const collection = await loadCollection(toSource(projectId, moduleId));
    return download(
      await writeDocument('postman', collection, ctx.signal),
      `${collection.name}.postman_collection.json`,
    );
  },
  { timeout },
);

/**
 * Exports the requests and answers of a run as a HAR 1.2 document to download, as far as their bodies were kept.
 *
 * @param recordId the run's id
 * @readonly
 */
export const har = apiFunction(
  async (/** @integer */ recordId: number) => download(await runAsHar(recordId), `run-${recordId}.har`),
  { timeout },
);

/**
 * Gives a catalog entry as a curl command for bash, with plain variables put in. Secrets and built-ins stay `{{name}}`.
 *
 * @param id of the catalog entry
 * @param environmentId whose variables are put in. Default: those of module and project alone
 * @readonly
 */
export const curl = apiFunction(
  async (/** @integer */ id: number, /** @integer */ environmentId?: number) =>
    new Response(`${await entryAsCurl(id, environmentId)}\n`, {
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    }),
);

function toSource(projectId: number | undefined, moduleId: number | undefined): ExportSource {
  if (moduleId !== undefined && projectId === undefined) return { moduleId };
  if (projectId !== undefined && moduleId === undefined) return { projectId };
  throw new ApiError('EXPORT_SOURCE', "give either 'projectId' or 'moduleId': what to export", {
    status: 422,
  });
}

function download(body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>, fileName: string): Response {
  const extended = percentEncode(fileName).replaceAll(
    /['()*!]/g,
    (one) => `%${one.charCodeAt(0).toString(16)}`,
  );
  const plain = fileName.replaceAll(/[^\w. -]+/g, '_');
  return new Response(body, {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${extended}`,
    },
  });
}
