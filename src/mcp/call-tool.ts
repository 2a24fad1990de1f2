import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Principal } from '../contract/call-context.ts';
import type { Endpoint } from '../registry/snapshot.ts';
import type { McpOptions } from './mcp-options.ts';
import { toToolResult, type ToolResult } from './to-tool-result.ts';

export type CallToolDeps = Pick<McpOptions, 'settings' | 'caller' | 'logs' | 'meter'>;

export interface ToolCall {
  readonly endpoint: Endpoint;
  /** Of the snapshot that the endpoint was looked up in. */
  readonly generation: number;
  readonly principal: Principal;
  readonly requestId: string;
  readonly args: unknown;
  /** Aborted when the client leaves or cancels. */
  readonly signal: AbortSignal;
  /** Told how many items a stream has given. */
  readonly onItem: ((count: number) => void) | undefined;
}

/**
 * Calls the function as any transport does, and writes its request line; the line of the HTTP request that
 * carried the call has the same request id. What the function or its validation refuses is a result with
 * `isError`, so that the agent reads it and can do better. Never rejects.
 */
export async function callTool(deps: CallToolDeps, call: ToolCall): Promise<CallToolResult> {
  const startedAt = performance.now();
  const { endpoint, generation, principal, requestId, args, signal, onItem } = call;
  const outcome = await deps.caller.call({ endpoint, generation, principal, body: args, requestId, signal });
  const { debug } = deps.settings();
  const answer = await toToolResult(outcome, { endpoint, requestId, debug, signal, onItem });
  const durationMs = performance.now() - startedAt;
  deps.meter.calledAsTool(endpoint.path, { status: answer.status, code: answer.code, durationMs });
  logCall(deps, call, { answer, durationMs });
  return answer.result;
}

function logCall(
  deps: CallToolDeps,
  { endpoint, generation, principal, requestId, args }: ToolCall,
  { answer, durationMs }: { answer: ToolResult; durationMs: number },
): void {
  const { enableRequestLogging, logResponseData } = deps.settings();
  if (!enableRequestLogging) return;
  const { status, code, result } = answer;
  deps.logs.request({
    requestId,
    method: 'MCP',
    endpoint: endpoint.path,
    status,
    ...(code === undefined ? {} : { code }),
    durationMs,
    principal: principal.id,
    generation,
    body: args,
    ...(code === undefined && logResponseData ? { data: result.structuredContent ?? result.content } : {}),
  });
}
