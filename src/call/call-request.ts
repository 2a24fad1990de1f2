import type { ApiError } from '../contract/api-error.ts';
import type { Principal } from '../contract/call-context.ts';
import type { Endpoint } from '../registry/snapshot.ts';
import type { PulledStream } from './pulled-stream.ts';

/** One call, whatever brought it: HTTP, MCP, a task, a test. */
export interface CallRequest {
  readonly endpoint: Endpoint;
  /** Of the snapshot that the endpoint was looked up in. */
  readonly generation: number;
  readonly principal: Principal;
  /** The parameters, not validated yet; undefined counts as `{}`. */
  readonly body: unknown;
  /** The body was seen to fit as it is, when it was read. */
  readonly plain?: boolean | undefined;
  readonly requestId: string;
  /** Aborted when the client leaves. Read only when the function asks for it, so a getter may make it. */
  readonly signal?: AbortSignal | undefined;
}

/** What a call gave. A stream, and a response's body, must be read to their end or stopped. */
export type CallOutcome = ValueOutcome | StreamOutcome | ResponseOutcome | CallFailure;

export interface ValueOutcome {
  readonly ok: true;
  readonly kind: 'value';
  /** What the function returned, as JSON text. */
  readonly json: string;
}

/** The function returned an async iterable, a `ReadableStream` or a generator; its first item, or its end, is there. */
export interface StreamOutcome {
  readonly ok: true;
  readonly kind: 'stream';
  /** Of items as JSON texts, none of which has a line break. */
  readonly stream: PulledStream<string>;
}

export interface ResponseOutcome {
  readonly ok: true;
  readonly kind: 'response';
  readonly response: PassedResponse;
}

export interface CallFailure {
  readonly ok: false;
  readonly error: ApiError;
}

/** A `Response` that a function returned. */
export interface PassedResponse {
  readonly status: number;
  readonly statusText: string;
  /** In lower case and in order; only `set-cookie` may come more than once. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Undefined for a response without one. */
  readonly body: PulledStream<Uint8Array> | undefined;
}
