import { nextTick } from 'node:process';
import type { ApiError } from '../contract/api-error.ts';
import { enqueue, type Turn } from '../contract/main-thread.ts';
import type { RunningContext } from './create-context.ts';
import type { CallOutcome, CallRequest } from './call-request.ts';

export interface CallTurnOptions {
  readonly request: CallRequest;
  readonly running: RunningContext;
  /** Validation and function; must not throw. */
  readonly start: () => CallOutcome | Promise<CallOutcome>;
  /** What becomes of it when it is ended from outside. */
  readonly onInterrupted: (error: ApiError) => CallOutcome;
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
    const { running, onInterrupted } = this.#options;
    this.#resolve(onInterrupted(error));
    // Last: its listeners are the author's.
    running.abort(error);
  }

  deliver(): void {
    if (this.#known !== undefined) this.#resolve(this.#known);
  }
}

function deliver(turn: CallTurn): void {
  turn.deliver();
}
