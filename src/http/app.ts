import { toAgedReport } from '../registry/aged-failure.ts';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type Context } from 'hono';
import { answerRequest } from './answer-request.ts';
import { isStreamed, type Answer, type Handler } from './answer.ts';
import type { HttpDeps } from './http-deps.ts';
import type { HttpRequest } from './http-request.ts';
import { NodeRequest, type HttpEnv, type RequestEdge } from './node-request.ts';
import { createOpenStreams, type OpenStreams } from './open-streams.ts';
import { Overload } from './overload.ts';
import { createAdminRoute } from './routes/admin.ts';
import { createCallRoute } from './routes/calls.ts';
import { createClientRoute } from './routes/client.ts';
import { createDocsRoute } from './routes/docs.ts';
import { createHealthRoute, createReadinessRoute } from './routes/health.ts';
import { createMcpRoute } from './routes/mcp.ts';
import { createMetricsRoute } from './routes/metrics.ts';
import { createOpenapiRoute } from './routes/openapi.ts';
import { createLiftRoute, createQuarantineRoute } from './routes/quarantine.ts';
import { createStateRoute } from './routes/state.ts';
import { sendAnswer, sendStream } from './send-answer.ts';

export type HttpApp = Hono<HttpEnv>;

/** All routes. Each handles every method itself, so that 405 and `Allow` are its own. */
export function createHttpApp(deps: HttpDeps, shared: SharedByCalls = shareByCalls(deps)): HttpApp {
  const app: HttpApp = new Hono<HttpEnv>();
  const { overload } = shared;
  const { buffers } = overload;
  const requestTimeout = (): number => deps.settings().requestTimeout * 1000;
  const edge: RequestEdge = { buffers, meter: deps.meter, requestTimeout };
  /** `route`: what the requests are counted by; left out for functions, which have their own paths. */
  const { door } = deps;
  const serve =
    (handler: Handler<HttpRequest>, route?: string) =>
    async (context: Context<HttpEnv>): Promise<Response> => {
      if (door?.held !== undefined) await door.held;
      const request = new NodeRequest(context, { snapshot: deps.registry.current, route, edge });
      const answer = await answerRequest(deps, handler, request);
      request.release();
      const exchange = context.env;
      if (isStreamed(answer)) await sendStream(exchange, answer, deps);
      else sendAnswer(exchange, request.awaitsContinue ? withClose(answer) : answer, { deps, buffers });
      return RESPONSE_ALREADY_SENT;
    };
  const route = (path: string, handler: Handler<HttpRequest>): void => {
    app.all(path, serve(handler, path));
  };
  route('/', createStateRoute(deps));
  route('/health', createHealthRoute(deps));
  route('/readiness', createReadinessRoute({ ...deps, overload }));
  route('/metrics', createMetricsRoute(deps));
  if (deps.openapi !== undefined) {
    const docs = serve(createDocsRoute(deps), '/docs');
    route('/openapi.json', createOpenapiRoute(deps.openapi));
    app.all('/docs', docs);
    app.all('/docs/*', docs);
  }
  route('/client.ts', createClientRoute(deps));
  route(
    '/api/reload',
    createAdminRoute(deps, async () => toAgedReport(await deps.admin.reload())),
  );
  route(
    '/api/reload-config',
    createAdminRoute(deps, () => deps.admin.reloadConfig()),
  );
  route(
    '/api/generations',
    createAdminRoute(deps, (body) => deps.admin.generations(body), { parameters: ['generation'] }),
  );
  route(
    '/api/rollback',
    createAdminRoute(deps, (body) => deps.admin.rollBack(body), {
      methods: ['POST'],
      parameters: ['generation', 'module'],
    }),
  );
  if (deps.quarantine !== undefined) {
    route('/api/quarantine', createQuarantineRoute(deps, deps.quarantine));
    route('/api/quarantine/lift', createLiftRoute(deps, deps.quarantine));
  }
  if (deps.mcp !== undefined) route('/mcp', createMcpRoute(deps, deps.mcp));
  app.all('*', serve(createCallRoute({ ...deps, ...shared })));
  app.onError((error, context) => {
    deps.logs.error('The runtime failed to send an answer', { err: error, endpoint: context.req.path });
    // Half an answer cannot be taken back: a broken connection says so, a second answer would not.
    context.env.outgoing.destroy();
    return RESPONSE_ALREADY_SENT;
  });
  return app;
}

/** What calls share, whichever way they come in. */
export interface SharedByCalls {
  readonly overload: Overload;
  readonly streams: OpenStreams;
}

export function shareByCalls(deps: HttpDeps): SharedByCalls {
  return { overload: new Overload(deps), streams: createOpenStreams(deps) };
}

/**
 * A client that was not told to continue may still send its body or not (RFC 9110, 10.1.1): what comes next on this
 * connection could be either.
 */
function withClose(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, connection: 'close' } };
}
