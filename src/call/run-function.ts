import { ApiError, isApiError, toApiError } from '../contract/api-error.ts';
import type { LogPort } from '../contract/log-port.ts';
import { toJsonText } from '../contract/to-json.ts';
import { buildArguments } from './build-arguments.ts';
import type { CallOutcome, CallRequest } from './call-request.ts';
import { clientLeft } from './client-left.ts';
import { createContext, type RunningContext } from './create-context.ts';

/** Node's timers overflow beyond it. */
const longestTimer = 2_147_483_647;

export interface Run {
  readonly request: CallRequest;
  /** The validated body. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Seconds. */
  readonly timeout: number;
  readonly logs: LogPort;
  /** Called once, when the function has really ended; that may be long after the outcome. */
  readonly onSettled: () => void;
}

/**
 * Runs the function and gives its outcome at its deadline at the latest. A synchronous function is
 * answered synchronously: no promise, no timer, no signal.
 */
export function runFunction(run: Run): CallOutcome | Promise<CallOutcome> {
  const call: RunningCall = {
    ...run,
    startedAt: performance.now(),
    running: createContext(run.request, run.logs),
  };
  const { fn, signature } = run.request.endpoint;
  let returned: unknown;
  try {
    returned = fn(...buildArguments(signature, run.body, call.running.context));
    if (isThenable(returned)) return awaitOutcome(call, returned);
  } catch (thrown) {
    return settle(call, { thrown });
  }
  return settle(call, { value: returned });
}

interface RunningCall extends Run {
  /** By `performance.now()`. */
  readonly startedAt: number;
  readonly running: RunningContext;
}

type Ending = { readonly value: unknown } | { readonly thrown: unknown };

function awaitOutcome(call: RunningCall, returned: PromiseLike<unknown>): Promise<CallOutcome> {
  return new Promise((resolve) => {
    const left = call.timeout * 1000 - (performance.now() - call.startedAt);
    const timer = setTimeout(() => resolve(overdue(call)), Math.min(left, longestTimer));
    const end = (ending: Ending): void => {
      clearTimeout(timer);
      // After the deadline the promise is resolved already, and this has no effect on it.
      resolve(settle(call, ending));
    };
    Promise.resolve(returned).then(
      (value) => end({ value }),
      (thrown: unknown) => end({ thrown }),
    );
  });
}

/**
 * The function has really ended. What ends after the deadline is late even when the timer had no turn,
 * because the function blocked the process.
 */
function settle(call: RunningCall, ending: Ending): CallOutcome {
  try {
    if (performance.now() - call.startedAt > call.timeout * 1000) {
      if ('thrown' in ending) logLate(call, ending.thrown);
      return overdue(call);
    }
    // Made into JSON before the module is let go: its `toJSON` methods may need it.
    return 'thrown' in ending ? failed(call, ending.thrown) : succeeded(call, ending.value);
  } finally {
    call.running.close();
    call.onSettled();
  }
}

function succeeded(call: RunningCall, value: unknown): CallOutcome {
  try {
    return { ok: true, json: toJsonText(value) };
  } catch (thrown) {
    return failed(call, thrown);
  }
}

function failed(call: RunningCall, thrown: unknown): CallOutcome {
  if (isAbort(thrown, call.running)) return { ok: false, error: clientLeft(thrown) };
  const error = toApiError(thrown);
  // An author's own 4xx is an answer; everything else is a failure somebody must be able to look up.
  if (!isApiError(thrown) || error.status >= 500) {
    call.logs.error(`'${call.request.endpoint.path}' failed`, { err: thrown, ...about(call) });
  }
  return { ok: false, error };
}

function overdue(call: RunningCall): CallOutcome {
  const { path } = call.request.endpoint;
  const error = new ApiError('FUNCTION_TIMEOUT', `'${path}' did not answer within ${call.timeout} s`);
  call.running.abort(error);
  return { ok: false, error };
}

function logLate(call: RunningCall, thrown: unknown): void {
  if (isAbort(thrown, call.running)) return;
  call.logs.error(`'${call.request.endpoint.path}' failed after its deadline`, {
    err: thrown,
    ...about(call),
  });
}

function about(call: RunningCall): Readonly<Record<string, unknown>> {
  const { requestId, endpoint, generation, principal } = call.request;
  return { requestId, endpoint: endpoint.path, generation, principal: principal.id };
}

/** Whether the function only did what its signal asked for. */
function isAbort(thrown: unknown, running: RunningContext): boolean {
  const { signal } = running;
  if (signal?.aborted !== true) return false;
  return thrown === signal.reason || (thrown instanceof Error && thrown.name === 'AbortError');
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    'then' in value &&
    typeof value.then === 'function'
  );
}
