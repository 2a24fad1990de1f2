import type { Config } from '../config/schema.ts';
import { ApiError, toApiError } from '../contract/api-error.ts';
import type { LogPort } from '../contract/log-port.ts';
import type { ShedReason } from '../contract/meter.ts';
import { mainThread } from '../contract/main-thread.ts';
import type { Endpoint } from '../registry/snapshot.ts';
import type { CallOutcome, CallRequest } from './call-request.ts';
import { CallTurn } from './call-turn.ts';
import { createCallSlots, type CallSlot } from './call-slots.ts';
import { createContext } from './create-context.ts';
import { holdInstance } from './hold-instance.ts';
import { openStreamOf } from './open-stream-of.ts';
import { createRateLimits, type CountElsewhere } from './rate-limits.ts';
import { runFunction } from './run-function.ts';
import { validateBody } from './validate-body.ts';

/** Told of each function that runs, right before it begins and when it has really ended. */
export interface CallObserver {
  /** Gives what `ended` is given. */
  started(request: CallRequest): number;
  ended(call: number): void;
}

export interface CallerOptions {
  /** Asked on every call, so that a new configuration counts at once. */
  readonly settings: () => Pick<Config, 'functionTimeout' | 'maxConcurrentCalls' | 'rateLimit'>;
  readonly logs: LogPort;
  /** Told of each call that is refused for want of a place. */
  readonly onShed?: (reason: ShedReason) => void;
  readonly quarantine?: CallQuarantine;
  readonly observer?: CallObserver | undefined;
  /** Counts calls for rate limits where several processes serve. Default: this process counts. */
  readonly countElsewhere?: CountElsewhere | undefined;
}

/** Endpoints that must not be called, because they have blocked the process. */
export interface CallQuarantine {
  refusalOf(endpoint: Endpoint): ApiError | undefined;
  /** Told of each good answer. */
  answered(endpoint: Endpoint): void;
}

export interface Caller {
  /** Calls that were not answered yet, those of streams included. */
  readonly running: number;
  /**
   * Roles, rate limit, concurrency, validation, the function, its result as JSON: in this order, each of
   * them an exit. Never throws or rejects. Synchronous for a synchronous function without a rate limit, unless
   * somebody watches over the main thread: then validation and function get a turn of their own.
   *
   * A function may also give a stream or a `Response`: whoever calls reads or stops it, and until then the
   * call runs on.
   */
  call(request: CallRequest): CallOutcome | Promise<CallOutcome>;
}

/** The one way to call a function; it knows no transport. */
export function createCaller(options: CallerOptions): Caller {
  const { settings, logs, quarantine, observer, countElsewhere, onShed = () => {} } = options;
  const rateLimits = createRateLimits(() => settings().rateLimit, countElsewhere);
  const slots = createCallSlots(() => settings().maxConcurrentCalls, onShed);

  const start = (request: CallRequest, release: () => void): CallOutcome | Promise<CallOutcome> => {
    const { endpoint } = request;
    const slot = slots.take(endpoint);
    if (slot instanceof ApiError) return refused(slot, release);
    let observed: number | undefined;
    const settled = (): void => {
      if (observed !== undefined) observer?.ended(observed);
      slot.settled();
      release();
    };
    const end = (outcome: CallOutcome): CallOutcome => {
      if (outcome.ok) quarantine?.answered(endpoint);
      return answered(outcome, slot);
    };
    const running = createContext(request, logs);
    const validateAndRun = (): CallOutcome | Promise<CallOutcome> => {
      let body: Record<string, unknown>;
      try {
        body = validateBody(endpoint, request.body);
      } catch (thrown) {
        const error = toApiError(thrown);
        if (error !== thrown) logFailure(logs, request, thrown);
        return refused(error, settled);
      }
      observed = observer?.started(request);
      const timeout = endpoint.options.timeout ?? settings().functionTimeout;
      return runFunction({ request, running, body, timeout, logs, onSettled: settled });
    };
    if (!mainThread.watched) {
      const outcome = validateAndRun();
      return outcome instanceof Promise ? outcome.then(end) : end(outcome);
    }
    const onInterrupted = (error: ApiError): CallOutcome => {
      running.close();
      return refused(error, settled);
    };
    return new CallTurn({ request, running, start: validateAndRun, onInterrupted }).outcome.then(end);
  };

  return {
    get running() {
      return slots.running;
    },
    call(request) {
      const { endpoint, principal } = request;
      const refusal = missingRole(request);
      if (refusal !== undefined) {
        logs.auth('warn', refusal.message, {
          code: refusal.code,
          requestId: request.requestId,
          endpoint: endpoint.path,
          principal: principal.id,
        });
        return { ok: false, error: refusal };
      }
      const barred = quarantine?.refusalOf(endpoint);
      if (barred !== undefined) return { ok: false, error: barred };
      const release = holdInstance(endpoint.instance);
      const limited = rateLimits.count(endpoint, principal);
      if (limited === undefined) return start(request, release);
      return limited.then((error) =>
        error === undefined ? start(request, release) : refused(error, release),
      );
    },
  };
}

/** A stream is answered at its end. */
function answered(outcome: CallOutcome, slot: CallSlot): CallOutcome {
  const stream = openStreamOf(outcome);
  if (stream === undefined) slot.answered();
  else void stream.ended.then(() => slot.answered());
  return outcome;
}

function refused(error: ApiError, release: () => void): CallOutcome {
  release();
  return { ok: false, error };
}

function missingRole({ endpoint, principal }: CallRequest): ApiError | undefined {
  const missing = endpoint.options.roles?.filter((role) => !principal.roles.includes(role)) ?? [];
  if (missing.length === 0) return undefined;
  const names = missing.map((role) => `'${role}'`).join(', ');
  return new ApiError(
    'FORBIDDEN',
    `'${endpoint.path}' needs the role ${names}, which this token does not have`,
  );
}

function logFailure(logs: LogPort, request: CallRequest, err: unknown): void {
  const { requestId, endpoint, generation } = request;
  logs.error(`'${endpoint.path}' could not be validated`, {
    err,
    requestId,
    endpoint: endpoint.path,
    generation,
  });
}
