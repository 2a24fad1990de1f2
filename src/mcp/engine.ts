import {
  createMcpHandler,
  InMemoryServerEventBus,
  type AuthInfo,
  type McpRequestContext,
  type Server,
} from '@modelcontextprotocol/server';
import { openNotificationStream } from './notification-stream.ts';
import { createToolServer, type Sender, type ToolServerDeps } from './tool-server.ts';

/** Streams that wait for changes of the tools; each costs an open connection. */
const mostStreams = 512;

/** The protocol, on top of the official package. */
export interface Engine {
  /** Answers one message, or several of them in a list. */
  answer(request: Request, body: unknown, sender: Sender): Promise<Response>;
  /** The stream on which clients of the revisions up to 2025-11-25 hear of changes; undefined when there are too many. */
  openStream(request: Request, sender: Sender): Promise<Response | undefined>;
  /** Tells every client that listens. */
  toolsChanged(): void;
  /** Ends all streams that wait for changes; calls go on. */
  closeStreams(): Promise<void>;
}

/**
 * No sessions are kept: the current revision has none, and for the earlier ones a server for each message
 * is enough. Requests that listen have a handler of their own, so that they can be closed apart from calls.
 */
export function createEngine(deps: ToolServerDeps): Engine {
  const onerror = (error: Error): void =>
    deps.logs.system('debug', `MCP: a message was refused or failed: ${error.message}`);
  const bus = new InMemoryServerEventBus(onerror);
  const factory = (context: McpRequestContext): Server => createToolServer(deps, senderOf(context.authInfo));
  const calling = createMcpHandler(factory, { bus, onerror });
  const listening = createMcpHandler(factory, { bus, onerror, maxSubscriptions: mostStreams });
  const streams = new Set<() => Promise<void>>();
  return {
    answer(request, body, sender) {
      const handler = isListen(body) ? listening : calling;
      return handler.fetch(request, { authInfo: toAuthInfo(sender), parsedBody: body });
    },
    async openStream(request, sender) {
      if (streams.size >= mostStreams) return undefined;
      const server = createToolServer(deps, sender);
      return await openNotificationStream({ request, server, bus, streams });
    },
    toolsChanged: () => bus.publish({ kind: 'tools_list_changed' }),
    async closeStreams() {
      await Promise.all([listening.close(), ...[...streams].map((close) => close())]);
    },
  };
}

function isListen(body: unknown): boolean {
  return (
    typeof body === 'object' && body !== null && 'method' in body && body.method === 'subscriptions/listen'
  );
}

/** The token itself goes no further than the authenticator. */
function toAuthInfo(sender: Sender): AuthInfo {
  const { principal } = sender;
  return { token: '', clientId: principal.id, scopes: [...principal.roles], extra: { sender } };
}

function senderOf(authInfo: AuthInfo | undefined): Sender {
  const sender = authInfo?.extra?.['sender'];
  if (sender === undefined) throw new Error('an MCP message arrived without its sender');
  return sender as Sender;
}
