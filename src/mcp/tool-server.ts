import {
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type CallToolRequest,
  type CallToolResult,
  type ListToolsResult,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Principal } from '../contract/call-context.ts';
import type { Registry } from '../registry/registry.ts';
import type { Snapshot } from '../registry/snapshot.ts';
import { callTool, type CallToolDeps } from './call-tool.ts';
import type { RunningCall, RunningCalls } from './running-calls.ts';
import type { ToolCatalog } from './tool-catalog.ts';

export interface ToolServerDeps extends CallToolDeps {
  readonly registry: Registry;
  readonly version: string;
  readonly catalogOf: (snapshot: Snapshot) => ToolCatalog;
  readonly runningCalls: RunningCalls;
}

/** Who sent the message that a server is made for. */
export interface Sender {
  readonly principal: Principal;
  readonly requestId: string;
  /** Of clients of the revisions up to 2025-11-25. */
  readonly session: string | undefined;
}

const instructions =
  'Each tool is a function of this service, named after its module and itself. Results are in `structuredContent.result`. A failed call says what to repair. Tools change while the service runs: list them anew when told so.';

/** The protocol's server for one message: all that lasts is in `deps`. */
export function createToolServer(deps: ToolServerDeps, sender: Sender): Server {
  const server = new Server(
    { name: 'api-deploy', version: deps.version },
    { capabilities: { tools: { listChanged: true } }, instructions },
  );
  server.setRequestHandler('tools/list', (request) => listTools(deps, sender, request.params?.cursor));
  server.setRequestHandler('tools/call', async (request, context) => {
    const { signal, end } = startCall(deps.runningCalls, sender, context);
    try {
      return await findAndCall(deps, sender, { request, context, signal });
    } finally {
      end();
    }
  });
  return server;
}

function listTools(deps: ToolServerDeps, { principal }: Sender, cursor: string | undefined): ListToolsResult {
  const page = deps.catalogOf(deps.registry.current).page(principal, cursor);
  if (page !== undefined) return { ...page };
  throw new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    `cursor: expected the 'nextCursor' of an earlier page, got '${String(cursor).slice(0, 100)}'`,
  );
}

interface IncomingCall {
  readonly request: CallToolRequest;
  readonly context: ServerContext;
  readonly signal: AbortSignal;
}

async function findAndCall(
  deps: ToolServerDeps,
  { principal, requestId }: Sender,
  { request, context, signal }: IncomingCall,
): Promise<CallToolResult> {
  const { name, arguments: args } = request.params;
  // Looked up and held in one moment: nothing is awaited between this line and the call.
  const snapshot = deps.registry.current;
  const catalog = deps.catalogOf(snapshot);
  const endpoint = catalog.find(name);
  if (endpoint === undefined) {
    const meant = catalog.suggest(name, principal);
    throw new ProtocolError(
      ProtocolErrorCode.InvalidParams,
      `Unknown tool '${name.slice(0, 200)}'; ${meant === undefined ? 'tools/list names every tool' : `did you mean '${meant}'?`}`,
    );
  }
  const { generation } = snapshot;
  return callTool(deps, {
    endpoint,
    generation,
    principal,
    requestId,
    args,
    signal,
    onItem: progressOf(context),
  });
}

/** Tells how many items a stream has given, to clients that asked to be told. */
function progressOf({ mcpReq }: ServerContext): ((count: number) => void) | undefined {
  const { _meta: meta } = mcpReq;
  const progressToken = meta?.progressToken;
  if (progressToken === undefined) return undefined;
  return (progress) => {
    const params = { progressToken, progress, message: `${progress} items` };
    // A client that has left needs to hear nothing.
    mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {});
  };
}

/** A signal for the call, which is aborted when the client leaves or cancels; `end` when the call is over. */
function startCall(
  runningCalls: RunningCalls,
  { principal, session }: Sender,
  { mcpReq }: ServerContext,
): RunningCall {
  if (session === undefined) return { signal: mcpReq.signal, end() {} };
  const running = runningCalls.start({ principal: principal.id, session, request: mcpReq.id });
  return { signal: AbortSignal.any([mcpReq.signal, running.signal]), end: () => running.end() };
}
