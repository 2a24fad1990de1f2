import { ApiError, isApiError, toApiError } from '../contract/api-error.ts';
import type { LogPort } from '../contract/log-port.ts';
import { isCutShort } from '../contract/main-thread.ts';
import type { CallFailure, CallRequest } from './call-request.ts';
import { clientLeft } from './client-left.ts';
import type { RunningContext } from './create-context.ts';

/** A call whose function was started. */
export interface RunningCall {
  readonly request: CallRequest;
  /** Seconds: until the function's answer, and for a stream until its first item and from one to the next. */
  readonly timeout: number;
  readonly logs: LogPort;
  /** Called once, when the function has really ended; that may be long after the outcome. */
  readonly onSettled: () => void;
  /** By `fairNow()`. */
  readonly startedAt: number;
  readonly running: RunningContext;
}

/** How a promise, or a step of an iterator, ended. */
export type Ending = { readonly value: unknown } | { readonly thrown: unknown };

/** By its own property: what was added to `Object.prototype` makes no failure of a result, nor a result of a failure. */
export function isThrown(ending: Ending): ending is { readonly thrown: unknown } {
  return Object.hasOwn(ending, 'thrown');
}

/** The function, and all that it gave, has ended. */
export function endCall({ running, onSettled }: RunningCall): void {
  running.close();
  onSettled();
}

/** What the function threw as an outcome, written to the log where somebody must be able to look it up. */
export function failed(call: RunningCall, thrown: unknown): CallFailure {
  if (isAbort(call, thrown)) return { ok: false, error: clientLeft(thrown) };
  const error = toApiError(thrown);
  // The log has the stack of what was ended from outside.
  if (isCutShort(thrown)) return { ok: false, error };
  // An author's own 4xx is an answer; everything else is a failure.
  if (!isApiError(thrown) || error.status >= 500) logThrown(call, 'failed', thrown);
  return { ok: false, error };
}

/** The deadline passed: the outcome of it, of which the function is told by its signal. */
export function overdue(call: RunningCall, what = 'did not answer'): CallFailure {
  const { path } = call.request.endpoint;
  const error = new ApiError('FUNCTION_TIMEOUT', `'${path}' ${what} within ${call.timeout} s`);
  call.running.abort(error);
  return { ok: false, error };
}

/** What nobody waits for any more goes to the log, unless the function only did what its signal asked for. */
export function logLate(call: RunningCall, when: string, thrown: unknown): void {
  if (!isAbort(call, thrown) && !isCutShort(thrown)) logThrown(call, `failed ${when}`, thrown);
}

function logThrown(call: RunningCall, what: string, err: unknown): void {
  const { requestId, endpoint, generation, principal } = call.request;
  const about = { requestId, endpoint: endpoint.path, generation, principal: principal.id };
  call.logs.error(`'${endpoint.path}' ${what}`, { err, ...about });
}

function isAbort({ running }: RunningCall, thrown: unknown): boolean {
  const { signal } = running;
  if (signal?.aborted !== true) return false;
  return thrown === signal.reason || (thrown instanceof Error && thrown.name === 'AbortError');
}
