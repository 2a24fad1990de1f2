import { randomUUID } from 'node:crypto';
import { ApiError } from '../contract/api-error.ts';
import type { Principal } from '../contract/call-context.ts';
import { createAdminTools } from './admin-tools.ts';
import { loadOwn } from '../contract/main-thread.ts';
import type { Engine } from './engine.ts';
import type { McpOptions } from './mcp-options.ts';
import { createRunningCalls, type RunningCalls } from './running-calls.ts';
import { createToolCatalogs } from './tool-catalog.ts';
import type { Sender, ToolServerDeps } from './tool-server.ts';
import { toolsChanged } from './tools-changed.ts';

/** One HTTP request to `/mcp`, its sender known and its body parsed. */
export interface McpExchange {
  /** Without its body; its signal is aborted when the client leaves. */
  readonly request: Request;
  /** The parsed JSON of a POST. */
  readonly body: unknown;
  readonly principal: Principal;
  readonly requestId: string;
}

export interface Mcp {
  /**
   * GET, POST or DELETE of the streamable HTTP transport.
   *
   * @throws ApiError OVERLOADED when too many streams are open
   */
  handle(exchange: McpExchange): Promise<Response>;
  /** Ends the streams that wait for changes, so that a shutdown need not; calls in flight go on. */
  closeStreams(): Promise<void>;
}

const sessionHeader = 'mcp-session-id';

/**
 * The Model Context Protocol: every function is a tool. Serves the revision 2026-07-28 and, without state,
 * those from 2024-11-05 on. The official package is loaded with the first request: whoever has no agents
 * need not wait for it at the start.
 */
export function createMcp(options: McpOptions): Mcp {
  const { registry, logs, schemas } = options;
  const adminTools = createAdminTools(options.admin);
  const runningCalls = createRunningCalls();
  const deps: ToolServerDeps = {
    ...options,
    catalogOf: createToolCatalogs({ adminTools, schemas, logs }),
    runningCalls,
  };
  let loading: Promise<Engine> | undefined;
  const load = (): Promise<Engine> =>
    (loading ??= loadOwn(() => import('./engine.ts')).then(({ createEngine }) => createEngine(deps)));
  registry.onSwap((next, before) => {
    if (loading === undefined || !toolsChanged(next, before)) return;
    loading
      .then((engine) => engine.toolsChanged())
      .catch((err: unknown) => logs.error('MCP clients could not be told of changed tools', { err }));
  });
  return {
    async handle(exchange) {
      const { request, body, principal, requestId } = exchange;
      const session = request.headers.get(sessionHeader) ?? undefined;
      const sender: Sender = { principal, requestId, session };
      switch (request.method) {
        // Nothing is kept that a client could end.
        case 'DELETE':
          return new Response(null, { status: 200 });
        case 'GET':
          return (await (await load()).openStream(request, sender)) ?? tooManyStreams();
        default:
          cancelCalls(body, sender, runningCalls);
          return withSession(await (await load()).answer(request, body, sender), body);
      }
    },
    async closeStreams() {
      // What could not be loaded has no streams.
      await (await loading?.catch(() => undefined))?.closeStreams();
    },
  };
}

/** Clients of earlier revisions name themselves by it from then on; see `createRunningCalls`. */
function withSession(response: Response, body: unknown): Response {
  if (!response.ok || methodOf(body) !== 'initialize') return response;
  const headers = new Headers(response.headers);
  headers.set(sessionHeader, randomUUID());
  return new Response(response.body, { status: response.status, headers });
}

function cancelCalls(body: unknown, { principal, session }: Sender, runningCalls: RunningCalls): void {
  if (session === undefined) return;
  for (const message of Array.isArray(body) ? body : [body]) {
    if (methodOf(message) !== 'notifications/cancelled') continue;
    const request = (message as { params?: { requestId?: unknown } }).params?.requestId;
    if (typeof request !== 'string' && typeof request !== 'number') continue;
    runningCalls.cancel({ principal: principal.id, session, request });
  }
}

function methodOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'method' in message ? message.method : undefined;
}

function tooManyStreams(): never {
  throw new ApiError('OVERLOADED', 'Too many clients wait for changes of the tools; try again in 60 s', {
    headers: { 'Retry-After': '60' },
  });
}
