import type { ApiError } from '../contract/api-error.ts';
import {
  enqueue,
  fairNow,
  mainThread,
  runNow,
  type Turn,
  type WaitingWork,
} from '../contract/main-thread.ts';
import type { CallOutcome, CallRequest } from './call-request.ts';
import { longestTimer } from './longest-timer.ts';
import { endCall, overdue, type Ending, type RunningCall } from './running-call.ts';

type Settle = (call: RunningCall, ending: Ending) => CallOutcome | Promise<CallOutcome>;

/** A call whose function has returned a promise: its outcome comes with that one, or at its deadline. */
export class AwaitedCall implements Turn, WaitingWork {
  readonly outcome: Promise<CallOutcome>;
  readonly #call: RunningCall;
  readonly #returned: Promise<unknown>;
  readonly #settle: Settle;
  readonly #dropsBefore = mainThread.drops;
  #resolve: (outcome: CallOutcome | Promise<CallOutcome>) => void = () => {};
  #timer: NodeJS.Timeout | undefined;
  #ending: Ending | undefined;
  #ended = false;

  /** `settle` ends the call and gives its outcome. */
  constructor(call: RunningCall, returned: PromiseLike<unknown>, settle: Settle) {
    this.#call = call;
    this.#returned = Promise.resolve(returned);
    this.#settle = settle;
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#armTimer();
    mainThread.waiting.add(this);
    this.recover();
  }

  get request(): CallRequest {
    return this.#call.request;
  }

  recover(): void {
    this.#returned.then(
      (value) => this.#end({ value }),
      (thrown: unknown) => this.#end({ thrown }),
    );
  }

  run(): void {
    if (this.#ended) return;
    if (this.#ending === undefined) return this.#giveUp();
    // After the deadline the promise is resolved already, and this has no effect on it.
    this.#resolve(this.#settle(this.#call, this.#ending));
    this.#ended = true;
  }

  interrupted(error: ApiError): void {
    this.#leave();
    this.#resolve({ ok: false, error });
    this.#endNow();
    this.#call.running.abort(error);
  }

  #end(ending: Ending): void {
    if (this.#ending !== undefined || this.#ended) return;
    this.#ending = ending;
    this.#leave();
    if (mainThread.watched) enqueue(this);
    else this.run();
  }

  #leave(): void {
    clearTimeout(this.#timer);
    mainThread.waiting.delete(this);
  }

  #armTimer(): void {
    const { timeout, startedAt } = this.#call;
    const left = timeout * 1000 - (fairNow() - startedAt);
    this.#timer = setTimeout(() => this.#deadline(left), Math.min(left, longestTimer));
  }

  /** Time that others have taken by blocking the process is given back. */
  #deadline(waited: number): void {
    const { timeout, startedAt } = this.#call;
    const left = timeout * 1000 - (fairNow() - startedAt);
    if (left >= 1 && waited < longestTimer) this.#armTimer();
    else runNow(this);
  }

  #giveUp(): void {
    mainThread.waiting.delete(this);
    this.#resolve(overdue(this.#call));
    // What V8 has dropped never goes on; a place that it holds would never be free again.
    if (mainThread.drops !== this.#dropsBefore) this.#endNow();
  }

  #endNow(): void {
    if (this.#ended) return;
    this.#ended = true;
    endCall(this.#call);
  }
}
