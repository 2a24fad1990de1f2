import type { ApiError } from '../contract/api-error.ts';
import type { Principal } from '../contract/call-context.ts';
import type { Endpoint } from '../registry/snapshot.ts';

/** One call, whatever brought it: HTTP, MCP, a task, a test. */
export interface CallRequest {
  readonly endpoint: Endpoint;
  /** Of the snapshot that the endpoint was looked up in. */
  readonly generation: number;
  readonly principal: Principal;
  /** The parameters, not validated yet; undefined counts as `{}`. */
  readonly body: unknown;
  readonly requestId: string;
  /** Aborted when the client leaves. Read only when the function asks for it, so a getter may make it. */
  readonly signal?: AbortSignal | undefined;
}

export type CallOutcome =
  /** `json`: what the function returned, as JSON text. */
  { readonly ok: true; readonly json: string } | { readonly ok: false; readonly error: ApiError };
