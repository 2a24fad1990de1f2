import { ApiError } from '../contract/api-error.ts';
import type { Principal } from '../contract/call-context.ts';
import type { Endpoint } from '../registry/snapshot.ts';
import type { HttpDeps } from './http-deps.ts';
import type { HttpRequest } from './http-request.ts';
import { readBearer } from './read-bearer.ts';
import { readEnvelope } from './read-envelope.ts';
import type { ParsedJson } from './parse-json.ts';
import { readJsonBody, type JsonBodyOptions } from './read-json-body.ts';
import { refuseToken } from './refuse-token.ts';
import { takesFiles } from './uploads/file-slots.ts';
import { readUpload } from './uploads/read-upload.ts';
import { createUnprovenUploads, type UnprovenUploads } from './uploads/unproven-uploads.ts';
import { createUploadFolder } from './uploads/upload-folder.ts';

export type ReadCallDeps = Pick<HttpDeps, 'settings' | 'authenticator' | 'logs' | 'meter'>;

/** Who calls, with what. */
export interface CallInput {
  readonly principal: Principal;
  readonly body: unknown;
  /** The body was seen to fit as it is. */
  readonly plain: boolean;
  /** Removes the files of the body, when the call is over; undefined without files. Never rejects. */
  readonly discard: (() => Promise<void>) | undefined;
}

export interface CallReader {
  /**
   * The parameters and the caller of a request; both are noted for its log line.
   *
   * @throws ApiError for a body that cannot be read and a token that is missing or wrong
   */
  read(request: HttpRequest, endpoint: Endpoint): Promise<CallInput>;
}

/** Calls as JSON, and with files as `multipart/form-data`, where the function takes files. */
export function createCallReader(deps: ReadCallDeps): CallReader {
  const unproven = createUnprovenUploads((reason) => deps.meter.shed(reason));
  return {
    async read(request, endpoint) {
      const type = request.header('content-type');
      const check = endpoint.plain;
      if (!takesFiles(endpoint.signature)) return readJsonCall(deps, request, { check });
      if (type === undefined || !/^multipart\/form-data\s*(?:;|$)/i.test(type)) {
        const expected = `'application/json' or 'multipart/form-data'`;
        return readJsonCall(deps, request, { expected, check });
      }
      return new UploadReader(deps, unproven).read(request, endpoint);
    },
  };
}

async function readJsonCall(
  deps: ReadCallDeps,
  request: HttpRequest,
  options: JsonBodyOptions,
): Promise<CallInput> {
  const { bodyLimit } = deps.settings();
  return { ...takeCall(deps, request, await readJsonBody(request, bodyLimit, options)), discard: undefined };
}

/**
 * Who calls with what, of a parsed body `{token, body}`; both are noted for the log line.
 *
 * @throws ApiError INVALID_REQUEST, MISSING_TOKEN, INVALID_TOKEN
 */
export function takeCall(
  deps: Pick<ReadCallDeps, 'authenticator' | 'logs'>,
  request: HttpRequest,
  { value, plain }: ParsedJson,
): Omit<CallInput, 'discard'> {
  const { token, body } = readEnvelope(value);
  // The function gets a plain body itself, no copy, and may change it.
  if (body !== undefined) request.notes.body = plain ? deps.logs.loggable(body) : body;
  return { principal: authenticate(deps, request, token || bearer(request)), body, plain };
}

/** The token is checked as soon as it is there: before the body, when it is in the header. */
class UploadReader {
  readonly #deps: ReadCallDeps;
  readonly #unproven: UnprovenUploads;
  #principal: Principal | undefined;
  #release: (() => void) | undefined;

  constructor(deps: ReadCallDeps, unproven: UnprovenUploads) {
    this.#deps = deps;
    this.#unproven = unproven;
  }

  async read(request: HttpRequest, { signature, path }: Endpoint): Promise<CallInput> {
    refuseEncoded(request);
    const { bodyLimit, uploadLimit } = this.#deps.settings();
    const sent = bearer(request);
    if (sent !== undefined) this.#prove(request, sent);
    const folder = createUploadFolder((err) =>
      this.#deps.logs.error('Uploaded files could not be removed', { err, endpoint: path }),
    );
    try {
      const { body, loggable } = await readUpload(request.readChunks(uploadLimit), {
        contentType: request.header('content-type') ?? '',
        signature,
        folder,
        bodyLimit,
        onToken: (token) => {
          if (token !== '') this.#prove(request, token);
        },
        onFile: () => {
          if (this.#principal === undefined) this.#release ??= this.#unproven.take();
        },
      });
      if (loggable !== undefined) request.notes.body = loggable;
      const principal = this.#principal ?? authenticate(this.#deps, request, undefined);
      return { principal, body, plain: false, discard: () => folder.remove() };
    } catch (error) {
      await folder.remove();
      throw error;
    } finally {
      this.#release?.();
    }
  }

  #prove(request: HttpRequest, token: string): void {
    this.#principal = authenticate(this.#deps, request, token);
    this.#release?.();
  }
}

function authenticate(
  deps: Pick<ReadCallDeps, 'authenticator' | 'logs'>,
  request: HttpRequest,
  token: string | undefined,
): Principal {
  if (token === undefined) throw refuseToken(request, 'MISSING_TOKEN', deps.logs);
  const principal = deps.authenticator.authenticate(token, request.connection);
  if (principal === undefined) throw refuseToken(request, 'INVALID_TOKEN', deps.logs);
  request.notes.principal = principal.id;
  return principal;
}

function bearer(request: HttpRequest): string | undefined {
  return readBearer(request.header('authorization'));
}

function refuseEncoded(request: HttpRequest): void {
  const encoding = request.header('content-encoding');
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return;
  throw new ApiError('UNSUPPORTED_MEDIA_TYPE', `Content-Encoding: expected none, got '${encoding}'`);
}
