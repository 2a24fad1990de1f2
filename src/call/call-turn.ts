import { nextTick } from 'node:process';
import type { ApiError } from '../contract/api-error.ts';
import { enqueue, runNow, type Turn } from '../contract/main-thread.ts';
import type { RunningContext } from './create-context.ts';
import type { CallOutcome, CallRequest } from './call-request.ts';

export interface CallTurnOptions {
  readonly request: CallRequest;
  readonly running: RunningContext;
  /** Validation and function; must not throw. */
  start(): CallOutcome | Promise<CallOutcome>;
  /** What becomes of it when it is ended from outside. */
  onInterrupted(error: ApiError): CallOutcome;
}

const soon = Promise.resolve();

/** The first turn of a call: nobody's frames are below it, so ending it from outside harms nobody else. */
export class CallTurn implements Turn {
  readonly outcome: Promise<CallOutcome>;
  readonly #options: CallTurnOptions;
  #resolve: (outcome: CallOutcome) => void = () => {};
  #known: CallOutcome | undefined;

  constructor(options: CallTurnOptions) {
    this.#options = options;
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    enqueue(this);
  }

  get request(): CallRequest {
    return this.#options.request;
  }

  /**
   * The function may set off others that wait for it, and one of these may be ended from outside: V8 then drops
   * all microtasks. So this call's own way on begins in a tick, which nothing drops, and after those microtasks.
   */
  run(): void {
    void soon.then(() => nextTick(deliver, this));
    const outcome = this.#options.start();
    if (outcome instanceof Promise) void outcome.then((known) => this.#resolve(known));
    else this.#known = outcome;
  }

  interrupted(error: ApiError): void {
    const options = this.#options;
    this.#resolve(options.onInterrupted(error));
    // Last: its listeners are the author's.
    options.running.abort(error);
  }

  deliver(): void {
    if (this.#known !== undefined) this.#resolve(this.#known);
  }
}

function deliver(turn: CallTurn): void {
  turn.deliver();
}

/** The first turn of a call whose caller is in a tick of its own: its frames may go with this one's. */
class TurnOfCaller implements Turn {
  outcome: CallOutcome | Promise<CallOutcome> | undefined;
  readonly #options: CallTurnOptions;
  readonly #onEnded: (outcome: CallOutcome) => void;

  constructor(options: CallTurnOptions, onEnded: (outcome: CallOutcome) => void) {
    this.#options = options;
    this.#onEnded = onEnded;
  }

  get request(): CallRequest {
    return this.#options.request;
  }

  run(): void {
    this.outcome = this.#options.start();
  }

  interrupted(error: ApiError): void {
    const options = this.#options;
    this.#onEnded(options.onInterrupted(error));
    options.running.abort(error);
  }
}

/** Runs the first turn of a call at once. Does not return when it is ended from outside: `onEnded` is given the outcome. */
export function callNow(
  options: CallTurnOptions,
  onEnded: (outcome: CallOutcome) => void,
): CallOutcome | Promise<CallOutcome> {
  const turn = new TurnOfCaller(options, onEnded);
  runNow(turn);
  if (turn.outcome === undefined) throw new Error('a call has ended without an outcome');
  return turn.outcome;
}
