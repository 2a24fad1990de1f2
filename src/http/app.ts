import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono, type Context } from 'hono';
import { answerRequest } from './answer-request.ts';
import type { Answer, Handler } from './answer.ts';
import type { HttpDeps } from './http-deps.ts';
import type { HttpRequest } from './http-request.ts';
import { readBytes } from './read-bytes.ts';
import { resolveRequestId } from './request-id.ts';
import { createAdminRoute } from './routes/admin.ts';
import { createCallRoute } from './routes/calls.ts';
import { createHealthRoute, createReadinessRoute } from './routes/health.ts';
import { createStateRoute } from './routes/state.ts';
import { writeAnswer } from './write-answer.ts';

interface Env {
  readonly Bindings: HttpBindings;
}

export type HttpApp = Hono<Env>;

/** All routes. Each handles every method itself, so that 405 and `Allow` are its own. */
export function createHttpApp(deps: HttpDeps): HttpApp {
  const app: HttpApp = new Hono<Env>();
  const serve =
    (handler: Handler<HttpRequest>) =>
    async (context: Context<Env>): Promise<Response> => {
      send(context, await answerRequest(deps, handler, toHttpRequest(context, deps)));
      return RESPONSE_ALREADY_SENT;
    };
  app.all('/', serve(createStateRoute(deps)));
  app.all('/health', serve(createHealthRoute(deps)));
  app.all('/readiness', serve(createReadinessRoute(deps)));
  app.all('/api/reload', serve(createAdminRoute(deps, () => deps.admin.reload())));
  app.all('/api/reload-config', serve(createAdminRoute(deps, () => deps.admin.reloadConfig())));
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
function send(context: Context<Env>, answer: Answer): void {
  const { outgoing } = context.env;
  if (!outgoing.destroyed) writeAnswer(outgoing, answer);
}

function toHttpRequest(context: Context<Env>, deps: HttpDeps): HttpRequest {
  const { incoming } = context.env;
  const url = incoming.url ?? '';
  const queryAt = url.indexOf('?');
  return {
    method: context.req.method,
    path: context.req.path,
    query: queryAt === -1 ? '' : url.slice(queryAt + 1),
    requestId: resolveRequestId(single(incoming.headers['x-request-id'])),
    remoteAddress: incoming.socket.remoteAddress,
    startedAt: performance.now(),
    snapshot: deps.registry.current,
    notes: {},
    get signal() {
      return context.req.raw.signal;
    },
    header: (name) => single(incoming.headers[name]),
    readBytes: (limit) => readBytes(incoming, limit),
  };
}

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
