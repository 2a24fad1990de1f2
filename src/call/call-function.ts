import type { Config } from '../config/schema.ts';
import { ApiError, toApiError } from '../contract/api-error.ts';
import type { LogPort } from '../contract/log-port.ts';
import type { ShedReason } from '../contract/meter.ts';
import { mainThread } from '../contract/main-thread.ts';
import type { Endpoint } from '../registry/snapshot.ts';
import type { CallOutcome, CallRequest } from './call-request.ts';
import { callNow, CallTurn, type CallTurnOptions } from './call-turn.ts';
import { createCallSlots, type CallSlot, type CallSlots } from './call-slots.ts';
import { createContext, type RunningContext } from './create-context.ts';
import { holdInstance } from './hold-instance.ts';
import { openStreamOf } from './open-stream-of.ts';
import { createRateLimits, type CountElsewhere, type RateLimits } from './rate-limits.ts';
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

/** A tick whose frames may be lost. */
export interface OwnTick {
  onEnded(outcome: CallOutcome): void;
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
   *
   * `tick`: the caller is in a tick of its own, so validation and function run at once. When the function is ended from
   * outside, this does not return, and `tick.onEnded` is given the outcome.
   */
  call(request: CallRequest, tick?: OwnTick): CallOutcome | Promise<CallOutcome>;
}

/** The one way to call a function; it knows no transport. */
export function createCaller(options: CallerOptions): Caller {
  return new CallPath(options);
}

class CallPath implements Caller {
  readonly #options: CallerOptions;
  readonly #rateLimits: RateLimits;
  readonly #slots: CallSlots;

  constructor(options: CallerOptions) {
    const { settings, countElsewhere, onShed = () => {} } = options;
    this.#options = options;
    this.#rateLimits = createRateLimits(() => settings().rateLimit, countElsewhere);
    this.#slots = createCallSlots(() => settings().maxConcurrentCalls, onShed);
  }

  get running(): number {
    return this.#slots.running;
  }

  call(request: CallRequest, tick?: OwnTick): CallOutcome | Promise<CallOutcome> {
    const { endpoint, principal } = request;
    const refusal = missingRole(request);
    if (refusal !== undefined) {
      this.#options.logs.auth('warn', refusal.message, {
        code: refusal.code,
        requestId: request.requestId,
        endpoint: endpoint.path,
        principal: principal.id,
      });
      return { ok: false, error: refusal };
    }
    const barred = this.#options.quarantine?.refusalOf(endpoint);
    if (barred !== undefined) return { ok: false, error: barred };
    const release = holdInstance(endpoint.instance);
    const limited = this.#rateLimits.count(endpoint, principal);
    if (limited === undefined) return this.#start(request, release, tick);
    return limited.then((error) =>
      error === undefined ? this.#start(request, release) : refused(error, release),
    );
  }

  #start(request: CallRequest, release: () => void, tick?: OwnTick): CallOutcome | Promise<CallOutcome> {
    const slot = this.#slots.take(request.endpoint);
    if (slot instanceof ApiError) return refused(slot, release);
    const call = new StartedCall(request, this.#options, { slot, release });
    if (!mainThread.watched) return whenAnswered(call, call.start());
    if (tick === undefined) return whenAnswered(call, new CallTurn(call).outcome);
    return whenAnswered(
      call,
      callNow(call, (ended) => tick.onEnded(call.answered(ended))),
    );
  }
}

/** A call that has its place. */
class StartedCall implements CallTurnOptions {
  readonly request: CallRequest;
  readonly running: RunningContext;
  readonly #options: CallerOptions;
  readonly #slot: CallSlot;
  readonly #release: () => void;
  #observed: number | undefined;

  constructor(request: CallRequest, options: CallerOptions, held: { slot: CallSlot; release: () => void }) {
    this.request = request;
    this.running = createContext(request, options.logs);
    this.#options = options;
    this.#slot = held.slot;
    this.#release = held.release;
  }

  start(): CallOutcome | Promise<CallOutcome> {
    const { request, running } = this;
    const { logs, observer, settings } = this.#options;
    let body: Record<string, unknown>;
    try {
      body = validateBody(request);
    } catch (thrown) {
      const error = toApiError(thrown);
      if (error !== thrown) logFailure(logs, request, thrown);
      return refused(error, () => this.#settled());
    }
    this.#observed = observer?.started(request);
    const timeout = request.endpoint.options.timeout ?? settings().functionTimeout;
    return runFunction({ request, running, body, timeout, logs, onSettled: () => this.#settled() });
  }

  onInterrupted(error: ApiError): CallOutcome {
    this.running.close();
    return refused(error, () => this.#settled());
  }

  /** Its place is free from here on; a stream is answered at its end. */
  answered(outcome: CallOutcome): CallOutcome {
    if (outcome.ok) this.#options.quarantine?.answered(this.request.endpoint);
    const stream = openStreamOf(outcome);
    if (stream === undefined) this.#slot.answered();
    else void stream.ended.then(() => this.#slot.answered());
    return outcome;
  }

  /** The function has really ended. */
  #settled(): void {
    if (this.#observed !== undefined) this.#options.observer?.ended(this.#observed);
    this.#slot.settled();
    this.#release();
  }
}

/** At once, where the outcome is known. */
function whenAnswered(
  call: StartedCall,
  outcome: CallOutcome | Promise<CallOutcome>,
): CallOutcome | Promise<CallOutcome> {
  return outcome instanceof Promise ? outcome.then((known) => call.answered(known)) : call.answered(outcome);
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
