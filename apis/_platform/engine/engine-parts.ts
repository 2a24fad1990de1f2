import type { Json } from '../model/json.ts';
import type { RequestResult } from '../model/result.ts';
import type { DatasetRow } from '../model/run-plan.ts';
import type { CookieJar, Transport } from '../model/transport.ts';

/** How an own call ended; what `Service.call` gives fits. */
export type FunctionOutcome =
  | { readonly success: true; readonly data: unknown }
  | {
      readonly success: false;
      readonly status: number;
      readonly code: string;
      readonly error: string;
      readonly details?: unknown;
    };

/** Calls a function of this service; never throws. */
export type CallFunction = (
  endpoint: string,
  body: { readonly [name: string]: unknown },
  options: { readonly signal: AbortSignal },
) => Promise<FunctionOutcome>;

/** A file that a body sends. */
export interface PlanFile {
  /** Absolute path. */
  file: string;
  /** Bytes. */
  size: number;
  name: string;
  contentType: string;
}

/** What the engine needs of the world. */
export interface EngineParts {
  transport: Transport;
  callFunction: CallFunction;
  /** Aborts requests in flight; what was not begun gets no result, teardowns run (for 30 s at most). */
  signal: AbortSignal;
  /** Gets each result once, when it is there. The engine waits for it before it goes on with that line of work. */
  onResult(result: RequestResult): Promise<void> | void;
  /** Opens what `sealSecret` made; may throw, then no request is sent. */
  openSecret(sealed: string): Json;
  /** Makes the cookie jar of one iteration. Without it no cookies are kept. */
  createJar?(): CookieJar;
  /** Rows of the plan's dataset from this position on. */
  rows?(from: number): AsyncIterable<DatasetRow>;
  resolveFile?: (id: number) => PlanFile | undefined | Promise<PlanFile | undefined>;
  /** Whether a result from before a crash did not pass: a plan with `bail` begins nothing new then. */
  failedBefore?: boolean;
  /** Whether this place has a result already, so that it is left out. Default: none has. */
  done?(iteration: number, path: string): boolean | Promise<boolean>;
  /**
   * The result of a place that is done, when a scenario or sequence that was cut off goes on: its extractions and
   * cookies are taken over.
   */
  stored?(iteration: number, path: string): RequestResult | undefined | Promise<RequestResult | undefined>;
}
