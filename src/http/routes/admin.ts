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

/** `GET|POST` of something only admins may do; answers with what `run` gives. */
export function createAdminRoute(deps: AdminDeps, run: () => Promise<unknown>): Handler<HttpRequest> {
  return async (request) => {
    allowMethods(request, ['GET', 'POST']);
    refuseWhenStopping(deps.state());
    const token = (await readToken(deps, request)) || readBearer(request.header('authorization'));
    requireAdmin(deps, request, token);
    return successAnswer(toJsonText(await run()), request.path);
  };
}

async function readToken(deps: AdminDeps, request: HttpRequest): Promise<string | undefined> {
  if (request.method === 'GET') return new URLSearchParams(request.query).get('token') ?? undefined;
  return readEnvelope(await readJsonBody(request, deps.settings().bodyLimit)).token;
}
