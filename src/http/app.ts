import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type Context } from 'hono';
import { answerRequest, type ReadyStream } from './answer-request.ts';
import { isStreamed, type Answer, type Handler } from './answer.ts';
import type { Buffers } from './buffers.ts';
import type { HttpDeps } from './http-deps.ts';
import type { HttpRequest } from './http-request.ts';
import { NodeRequest, type HttpEnv, type RequestEdge } from './node-request.ts';
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
import { watchDelivery } from './watch-delivery.ts';
import { isEnding } from './service-state.ts';
import { writeAnswer } from './write-answer.ts';
import { writeStream } from './write-stream.ts';

export type HttpApp = Hono<HttpEnv>;

/** All routes. Each handles every method itself, so that 405 and `Allow` are its own. */
export function createHttpApp(deps: HttpDeps): HttpApp {
  const app: HttpApp = new Hono<HttpEnv>();
  const overload = new Overload(deps);
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
      if (isStreamed(answer)) await sendStream(context, answer, deps);
      else send(context, request.awaitsContinue ? withClose(answer) : answer, { deps, buffers });
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
    createAdminRoute(deps, () => deps.admin.reload()),
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
  app.all('*', serve(createCallRoute({ ...deps, overload })));
  app.onError((error, context) => {
    deps.logs.error('The runtime failed to send an answer', { err: error, endpoint: context.req.path });
    // Half an answer cannot be taken back: a broken connection says so, a second answer would not.
    context.env.outgoing.destroy();
    return RESPONSE_ALREADY_SENT;
  });
  return app;
}

/**
 * Answers go straight to `node:http`. Hono's `Response` would be fast only if `@hono/node-server`
 * replaced the global class, and then `await fetch(…) instanceof Response` would be false in the
 * functions that we serve.
 */
function send(
  context: Context<HttpEnv>,
  answer: Answer,
  { deps, buffers }: { deps: HttpDeps; buffers: Buffers },
): void {
  const { outgoing } = context.env;
  if (outgoing.destroyed) return;
  const bytes = writeAnswer(outgoing, answer);
  deps.meter.sent(bytes);
  // Nearly all answers are in the system's hands by now.
  if (outgoing.socket !== null && outgoing.socket.writableLength === 0) return;
  const timeout = deps.settings().sendTimeout * 1000;
  watchDelivery(outgoing, { bytes, buffers, timeout, onCut: () => deps.meter.cutSlowReader() });
}

/**
 * A client that was not told to continue may still send its body or not (RFC 9110, 10.1.1): what comes next on this
 * connection could be either.
 */
function withClose(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, connection: 'close' } };
}

async function sendStream(context: Context<HttpEnv>, answer: ReadyStream, deps: HttpDeps): Promise<void> {
  const { incoming, outgoing } = context.env;
  const end = await writeStream(outgoing, answer, {
    stallTimeout: deps.settings().sendTimeout * 1000,
    onBytes: (bytes) => deps.meter.sent(bytes),
  });
  answer.sent(end);
  // Its headers may have gone out before the service began to stop, and then did not say so.
  if (isEnding(deps.state())) incoming.socket.destroySoon();
}
