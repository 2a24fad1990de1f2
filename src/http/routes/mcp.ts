import type { Principal } from '../../contract/call-context.ts';
import { ApiError } from '../../contract/api-error.ts';
import type { Mcp } from '../../mcp/create-mcp.ts';
import { allowMethods } from '../allow-methods.ts';
import type { Answer, Handler, StreamedAnswer } from '../answer.ts';
import { checkSite, corsHeaders, preflightHeaders } from '../check-site.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { HttpRequest } from '../http-request.ts';
import { readBearer } from '../read-bearer.ts';
import { readJsonBody } from '../read-json-body.ts';
import { refuseToken } from '../refuse-token.ts';
import { refuseWhenStopping } from '../refuse-when-stopping.ts';
import { webAnswer } from '../web-answer.ts';

export type McpDeps = Pick<HttpDeps, 'settings' | 'authenticator' | 'logs' | 'state'>;

/** Headers that the transport reads (MCP 2026-07-28 and 2025-11-25, Streamable HTTP). */
const passedHeaders = [
  'accept',
  'content-type',
  'last-event-id',
  'mcp-method',
  'mcp-name',
  'mcp-protocol-version',
  'mcp-session-id',
] as const;

/** `/mcp`: the Model Context Protocol over streamable HTTP, for the same tokens as all else. */
export function createMcpRoute(deps: McpDeps, mcp: Mcp): Handler<HttpRequest> {
  return async (request): Promise<Answer | StreamedAnswer> => {
    const settings = deps.settings();
    checkSite(request, settings);
    const cors = corsHeaders(request, settings);
    if (request.method === 'OPTIONS' && 'vary' in cors) {
      return { status: 200, headers: { ...cors, ...preflightHeaders }, text: '' };
    }
    try {
      const left = new AbortController();
      const signal = AbortSignal.any([request.signal, left.signal]);
      const response = await answerMessage(deps, mcp, { request, signal });
      return await webAnswer(response, { headers: cors, onLeave: () => left.abort() });
    } catch (thrown) {
      // A page of a listed origin may read refusals, too.
      throw thrown instanceof ApiError ? withErrorHeaders(thrown, cors) : thrown;
    }
  };
}

async function answerMessage(
  deps: McpDeps,
  mcp: Mcp,
  { request, signal }: { request: HttpRequest; signal: AbortSignal },
): Promise<Response> {
  allowMethods(request, ['GET', 'POST', 'DELETE']);
  refuseWhenStopping(deps.state());
  const principal = authenticate(deps, request);
  request.notes.principal = principal.id;
  const { method, requestId } = request;
  const { bodyLimit } = deps.settings();
  const body = method === 'POST' ? (await readJsonBody(request, bodyLimit)).value : undefined;
  return mcp.handle({ request: toWebRequest(request, signal), body, principal, requestId });
}

function authenticate(deps: McpDeps, request: HttpRequest): Principal {
  const token = readBearer(request.header('authorization'));
  if (token === undefined) throw withChallenge(refuseToken(request, 'MISSING_TOKEN', deps.logs));
  const principal = deps.authenticator.authenticate(token);
  if (principal === undefined) throw withChallenge(refuseToken(request, 'INVALID_TOKEN', deps.logs));
  return principal;
}

/** RFC 6750, section 3. */
function withChallenge(refusal: ApiError): ApiError {
  const error = refusal.code === 'INVALID_TOKEN' ? ', error="invalid_token"' : '';
  return withErrorHeaders(refusal, { 'www-authenticate': `Bearer realm="api-deploy"${error}` });
}

function withErrorHeaders(error: ApiError, headers: Readonly<Record<string, string>>): ApiError {
  const { code, message, status, details, cause } = error;
  return new ApiError(code, message, { status, details, cause, headers: { ...error.headers, ...headers } });
}

function toWebRequest(request: HttpRequest, signal: AbortSignal): Request {
  const headers = passedHeaders.flatMap((name): [string, string][] => {
    const value = request.header(name);
    return value === undefined ? [] : [[name, value]];
  });
  return new Request('http://localhost/mcp', { method: request.method, headers, signal });
}
