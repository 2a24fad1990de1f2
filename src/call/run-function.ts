import type { ApiError } from '../contract/api-error.ts';
import type { LogPort } from '../contract/log-port.ts';
import { fairNow } from '../contract/main-thread.ts';
import { toJsonText } from '../contract/to-json.ts';
import { AwaitedCall } from './awaited-call.ts';
import { buildArguments } from './build-arguments.ts';
import type { CallOutcome, CallRequest } from './call-request.ts';
import type { RunningContext } from './create-context.ts';
import { isResponse, passResponse } from './pass-response.ts';
import { PulledStream } from './pulled-stream.ts';
import {
  endCall,
  failed,
  isThrown,
  logLate,
  overdue,
  type Ending,
  type RunningCall,
} from './running-call.ts';
import { isThenable, toSource } from './source.ts';

export interface Run {
  readonly request: CallRequest;
  readonly running: RunningContext;
  /** The validated body. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Seconds. */
  readonly timeout: number;
  readonly logs: LogPort;
  /** Called once, when the function has really ended, its stream included; that may be long after the outcome. */
  readonly onSettled: () => void;
}

/**
 * Runs the function and gives its outcome at its deadline at the latest. A synchronous function that gives
 * a plain value is answered synchronously: no promise, no timer, no signal.
 */
export function runFunction({ body, ...run }: Run): CallOutcome | Promise<CallOutcome> {
  const { request, logs } = run;
  const call: RunningCall = {
    request,
    timeout: run.timeout,
    logs,
    onSettled: run.onSettled,
    startedAt: fairNow(),
    running: run.running,
  };
  const { fn, signature } = request.endpoint;
  let returned: unknown;
  try {
    returned = fn(...buildArguments(signature, body, call.running));
    if (isThenable(returned)) return new AwaitedCall(call, returned, settle).outcome;
  } catch (thrown) {
    return settle(call, { thrown });
  }
  return settle(call, { value: returned });
}

/**
 * The function has returned or thrown. What ends after the deadline is late even when the timer had no
 * turn, because the function blocked the process.
 */
function settle(call: RunningCall, ending: Ending): CallOutcome | Promise<CallOutcome> {
  const late = fairNow() - call.startedAt > call.timeout * 1000;
  let last = ending;
  if (!isThrown(ending)) {
    try {
      const opened = openResult(call, ending.value, late);
      if (opened !== undefined) return opened;
    } catch (thrown) {
      last = { thrown };
    }
  }
  try {
    if (late && isThrown(last)) logLate(call, 'after its deadline', last.thrown);
    if (late) return overdue(call);
    // Made into JSON before the module is let go: its `toJSON` methods may need it.
    return isThrown(last) ? failed(call, last.thrown) : toValue(call, last.value);
  } finally {
    endCall(call);
  }
}

/** The outcome of a result that goes on after the function has returned; undefined for any other. */
function openResult(
  call: RunningCall,
  value: unknown,
  late: boolean,
): CallOutcome | Promise<CallOutcome> | undefined {
  const source = toSource(value);
  if (source !== undefined) {
    const stream = new PulledStream(call, { source, convert: toJsonText });
    return late ? stopLate(call, stream) : startStream(call, stream);
  }
  if (!isResponse(value)) return undefined;
  const response = passResponse(call, value);
  if (response.body === undefined) endCall(call);
  return late ? stopLate(call, response.body) : { ok: true, kind: 'response', response };
}

/** An error before the first item is one of the call: nothing has been sent yet. */
async function startStream(call: RunningCall, stream: PulledStream<string>): Promise<CallOutcome> {
  const first = await stream.start(call.startedAt);
  return 'error' in first ? { ok: false, error: first.error } : { ok: true, kind: 'stream', stream };
}

function stopLate(call: RunningCall, stream: { stop(reason: ApiError): void } | undefined): CallOutcome {
  const outcome = overdue(call);
  stream?.stop(outcome.error);
  return outcome;
}

function toValue(call: RunningCall, value: unknown): CallOutcome {
  try {
    return { ok: true, kind: 'value', json: toJsonText(value) };
  } catch (thrown) {
    return failed(call, thrown);
  }
}
