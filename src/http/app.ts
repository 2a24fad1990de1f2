import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type Context } from 'hono';
import { answerRequest, type ReadyStream } from './answer-request.ts';
import { isStreamed, type Answer, type Handler } from './answer.ts';
import type { HttpDeps } from './http-deps.ts';
import type { HttpRequest } from './http-request.ts';
import { NodeRequest, type HttpEnv } from './node-request.ts';
import { createAdminRoute } from './routes/admin.ts';
import { createCallRoute } from './routes/calls.ts';
import { createClientRoute } from './routes/client.ts';
import { createDocsRoute } from './routes/docs.ts';
import { createHealthRoute, createReadinessRoute } from './routes/health.ts';
import { createMcpRoute } from './routes/mcp.ts';
import { createOpenapiRoute } from './routes/openapi.ts';
import { createStateRoute } from './routes/state.ts';
import { writeAnswer } from './write-answer.ts';
import { writeStream } from './write-stream.ts';

export type HttpApp = Hono<HttpEnv>;

/** All routes. Each handles every method itself, so that 405 and `Allow` are its own. */
export function createHttpApp(deps: HttpDeps): HttpApp {
  const app: HttpApp = new Hono<HttpEnv>();
  const serve =
    (handler: Handler<HttpRequest>) =>
    async (context: Context<HttpEnv>): Promise<Response> => {
      const request = new NodeRequest(context, deps.registry.current);
      const answer = await answerRequest(deps, handler, request);
      if (isStreamed(answer)) await sendStream(context, answer, deps);
      else send(context, answer);
      return RESPONSE_ALREADY_SENT;
    };
  app.all('/', serve(createStateRoute(deps)));
  app.all('/health', serve(createHealthRoute(deps)));
  app.all('/readiness', serve(createReadinessRoute(deps)));
  if (deps.openapi !== undefined) {
    const docs = serve(createDocsRoute(deps));
    app.all('/openapi.json', serve(createOpenapiRoute(deps.openapi)));
    app.all('/docs', docs);
    app.all('/docs/*', docs);
  }
  app.all('/client.ts', serve(createClientRoute(deps)));
  app.all('/api/reload', serve(createAdminRoute(deps, () => deps.admin.reload())));
  app.all('/api/reload-config', serve(createAdminRoute(deps, () => deps.admin.reloadConfig())));
  if (deps.mcp !== undefined) app.all('/mcp', serve(createMcpRoute(deps, deps.mcp)));
  app.all('*', serve(createCallRoute(deps)));
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
function send(context: Context<HttpEnv>, answer: Answer): void {
  const { outgoing } = context.env;
  if (!outgoing.destroyed) writeAnswer(outgoing, answer);
}

async function sendStream(context: Context<HttpEnv>, answer: ReadyStream, deps: HttpDeps): Promise<void> {
  const { incoming, outgoing } = context.env;
  answer.sent(await writeStream(outgoing, answer));
  // Its headers may have gone out before the service began to stop, and then did not say so.
  if (deps.state() === 'stopping') incoming.socket.destroySoon();
}
