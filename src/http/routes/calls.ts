import { holdInstance } from '../../call/hold-instance.ts';
import { ApiError } from '../../contract/api-error.ts';
import type { Principal } from '../../contract/call-context.ts';
import type { Endpoint } from '../../registry/snapshot.ts';
import { allowMethods } from '../allow-methods.ts';
import { failureAnswer, successAnswer, type Answer, type Handler } from '../answer.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { HttpRequest } from '../http-request.ts';
import { readBearer } from '../read-bearer.ts';
import { readEnvelope } from '../read-envelope.ts';
import { readJsonBody } from '../read-json-body.ts';
import { refuseToken } from '../refuse-token.ts';
import { refuseWhenStopping } from '../refuse-when-stopping.ts';
import { suggestPath } from '../suggest-path.ts';

export type CallDeps = Pick<
  HttpDeps,
  'settings' | 'registry' | 'caller' | 'authenticator' | 'logs' | 'state'
>;

/** `POST /<module>/<function>`: look up, decode, authenticate, call, encode. */
export function createCallRoute(deps: CallDeps): Handler<HttpRequest> {
  return async (request) => {
    const endpoint = request.snapshot.endpoints.get(request.path);
    if (endpoint === undefined) throw notFound(request, deps);
    allowMethods(request, ['POST']);
    refuseWhenStopping(deps.state());
    // From here on the module must live: reading a slow body may take longer than a reload.
    const release = holdInstance(endpoint.instance);
    try {
      return await answerCall(deps, request, endpoint);
    } finally {
      release();
    }
  };
}

async function answerCall(deps: CallDeps, request: HttpRequest, endpoint: Endpoint): Promise<Answer> {
  const { bodyLimit } = deps.settings();
  const { token, body } = readEnvelope(await readJsonBody(request, bodyLimit));
  if (body !== undefined) request.notes.body = body;
  const { requestId, snapshot, notes } = request;
  const principal = authenticate(deps, request, token);
  notes.principal = principal.id;
  const outcome = await deps.caller.call({
    endpoint,
    generation: snapshot.generation,
    principal,
    body,
    requestId,
    get signal() {
      return request.signal;
    },
  });
  const { debug, logResponseData } = deps.settings();
  if (!outcome.ok) return failureAnswer(outcome.error, { endpoint: endpoint.path, requestId, debug });
  if (logResponseData) notes.data = JSON.parse(outcome.json) as unknown;
  return successAnswer(outcome.json, endpoint.path);
}

function authenticate(deps: CallDeps, request: HttpRequest, sent: string | undefined): Principal {
  const token = sent || readBearer(request.header('authorization'));
  if (token === undefined) throw refuseToken(request, 'MISSING_TOKEN', deps.logs);
  const principal = deps.authenticator.authenticate(token);
  if (principal === undefined) throw refuseToken(request, 'INVALID_TOKEN', deps.logs);
  return principal;
}

function notFound(request: HttpRequest, deps: CallDeps): ApiError {
  const { path } = request;
  const shown = path.length > 200 ? `${path.slice(0, 200)}…` : path;
  return new ApiError('ENDPOINT_NOT_FOUND', `'${shown}' is not served; ${notFoundHint(request, deps)}`);
}

/** Helps whoever mistyped the path, and whoever's module does not load. */
function notFoundHint({ path, snapshot }: HttpRequest, deps: CallDeps): string {
  const module = path.slice(1, Math.max(path.lastIndexOf('/'), 1));
  const failure = deps.registry.failures.find((candidate) => candidate.module === module);
  if (failure !== undefined) {
    const { file, line, cause } = failure;
    const place = line === undefined ? file : `${file}:${line}`;
    const why = deps.settings().debug ? `: ${place}: ${cause}` : '';
    return `the module '${module}' failed to load, see GET /${why}`;
  }
  if (deps.state() === 'starting') return 'the service is still starting';
  const meant = suggestPath(path, snapshot.endpoints.keys());
  return meant === undefined ? 'GET / lists every endpoint' : `did you mean '${meant}'?`;
}
