import { toJsonText } from '../../contract/to-json.ts';
import { allowMethods } from '../allow-methods.ts';
import { successAnswer, type Handler } from '../answer.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { HttpRequest } from '../http-request.ts';
import { readBearer } from '../read-bearer.ts';
import { readEnvelope } from '../read-envelope.ts';
import { readJsonBody } from '../read-json-body.ts';
import { refuseWhenStopping } from '../refuse-when-stopping.ts';
import { requireAdmin } from '../require-admin.ts';

export type AdminDeps = Pick<HttpDeps, 'settings' | 'authenticator' | 'logs' | 'state'>;

export interface AdminRouteOptions {
  /** Default: both. */
  readonly methods?: readonly ('GET' | 'POST')[];
  /** Keys that a POST may have beside `token`, or in `body`; `run` gets them. Default: none. */
  readonly parameters?: readonly string[];
}

type Parameters = Readonly<Record<string, unknown>>;

/** `GET|POST` of something only admins may do; answers with what `run` gives. */
export function createAdminRoute(
  deps: AdminDeps,
  run: (parameters: Parameters) => Promise<unknown>,
  options: AdminRouteOptions = {},
): Handler<HttpRequest> {
  const { methods = ['GET', 'POST'], parameters: keys = [] } = options;
  return async (request) => {
    allowMethods(request, methods);
    refuseWhenStopping(deps.state());
    const { token: sent, parameters } = await readAdminRequest(deps, request, keys);
    const token = sent || readBearer(request.header('authorization'));
    requireAdmin(deps, request, token);
    return successAnswer(toJsonText(await run(parameters)), request.path);
  };
}

interface AdminRequest {
  readonly token: string | undefined;
  readonly parameters: Parameters;
}

async function readAdminRequest(
  deps: AdminDeps,
  request: HttpRequest,
  keys: readonly string[],
): Promise<AdminRequest> {
  if (request.method === 'GET') {
    return { token: new URLSearchParams(request.query).get('token') ?? undefined, parameters: {} };
  }
  const { value: json } = await readJsonBody(request, deps.settings().bodyLimit);
  const { token, body } = readEnvelope(json, keys);
  const { token: _, body: __, ...beside } = json as Record<string, unknown>;
  // As functions take theirs, too: `{token, body: {…}}`.
  const inBody = keys.length > 0 && isRecord(body) ? body : {};
  return { token, parameters: { ...inBody, ...beside } };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
