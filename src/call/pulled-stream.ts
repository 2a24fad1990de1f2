import { clearTimeout, setTimeout } from 'node:timers';
import type { ApiError } from '../contract/api-error.ts';
import { longestTimer } from './longest-timer.ts';
import {
  endCall,
  failed,
  isThrown,
  logLate,
  overdue,
  type Ending,
  type RunningCall,
} from './running-call.ts';
import type { Source } from './source.ts';

/** One step of a stream. */
export type Pull<T> = { readonly value: T } | { readonly done: true } | { readonly error: ApiError };

export interface PulledStreamOptions<T> {
  readonly source: Source;
  /** What is sent of an item; may throw. */
  readonly convert: (item: unknown) => T;
}

const done = { done: true } as const;

/**
 * What a function goes on giving after it has returned. Its items are asked for one at a time, so that a
 * slow reader slows the function down; the call's deadline counts for each of them, from when it is asked
 * for. It must be read to its end or stopped: until then the call holds its module and its places.
 */
export class PulledStream<T> {
  /** Resolves when there is nothing more to read, for whatever reason. */
  readonly ended: Promise<void>;
  readonly #call: RunningCall;
  readonly #source: Source;
  readonly #convert: (item: unknown) => T;
  #resolveEnded: () => void = () => {};
  /** Steps that were made but not read yet: the first, or why the stream was stopped. */
  readonly #waiting: Pull<T>[] = [];
  #over = false;
  /** The step of the source that is under way. */
  #pending: Promise<Ending> | undefined;
  /** Answers the reader that waits. */
  #answer: ((pull: Pull<T>) => void) | undefined;

  constructor(call: RunningCall, { source, convert }: PulledStreamOptions<T>) {
    this.#call = call;
    this.#source = source;
    this.#convert = convert;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  /** Makes the first step, which `next` then gives. `since`: when its time began, by `performance.now()`. */
  async start(since: number): Promise<Pull<T>> {
    const first = await this.#pull(since);
    this.#waiting.unshift(first);
    return first;
  }

  /** The next step; `done` ever after the end. One at a time; never rejects. */
  next(): Promise<Pull<T>> {
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) return Promise.resolve(waiting);
    return this.#over ? Promise.resolve(done) : this.#pull(performance.now());
  }

  /** Ends the stream from outside: its reader, also one that waits already, gets `reason` as the last step. */
  stop(reason: ApiError): void {
    if (this.#over) return;
    this.#call.running.abort(reason);
    const answer = this.#answer;
    this.#close(reason);
    if (answer === undefined) this.#waiting.push({ error: reason });
    else answer({ error: reason });
  }

  #pull(since: number): Promise<Pull<T>> {
    return new Promise((resolve) => {
      const left = this.#call.timeout * 1000 - (performance.now() - since);
      const timer = setTimeout(() => this.#giveUp(), Math.min(left, longestTimer));
      this.#answer = (pull) => {
        clearTimeout(timer);
        this.#answer = undefined;
        resolve(pull);
      };
      this.#pending = step(this.#source);
      void this.#pending.then((ending) => this.#receive(ending, since));
    });
  }

  #receive(ending: Ending, since: number): void {
    this.#pending = undefined;
    const answer = this.#answer;
    if (this.#over || answer === undefined) {
      if (isThrown(ending)) logLate(this.#call, 'after its stream was closed', ending.thrown);
      return;
    }
    if (isThrown(ending)) {
      this.#end(Promise.resolve());
      answer({ error: failed(this.#call, ending.thrown).error });
      return;
    }
    const { done: atEnd, value } = ending.value as IteratorResult<unknown>;
    if (atEnd === true) {
      this.#end(Promise.resolve());
      answer(done);
    } else if (performance.now() - since > this.#call.timeout * 1000) {
      // Late even when the timer had no turn, because the function blocked the process.
      this.#giveUp();
    } else {
      answer(this.#toPull(value));
    }
  }

  #toPull(item: unknown): Pull<T> {
    try {
      return { value: this.#convert(item) };
    } catch (thrown) {
      const { error } = failed(this.#call, thrown);
      this.#close(error);
      return { error };
    }
  }

  #giveUp(): void {
    const answer = this.#answer;
    const { error } = overdue(this.#call, 'gave no item');
    this.#close(error);
    answer?.({ error });
  }

  /** Ends before the source did: it is told, and the function has really ended when it has nothing left to do. */
  #close(reason: ApiError): void {
    const pending = this.#pending;
    const stopped = Promise.resolve()
      .then(() => this.#source.stop(reason))
      .catch((thrown: unknown) => logLate(this.#call, 'while its stream was closed', thrown));
    this.#end(Promise.all([pending, stopped]));
  }

  #end(settled: Promise<unknown>): void {
    this.#over = true;
    this.#resolveEnded();
    void settled.finally(() => endCall(this.#call));
  }
}

/** Never rejects. */
async function step(source: Source): Promise<Ending> {
  try {
    return { value: await source.next() };
  } catch (thrown) {
    return { thrown };
  }
}
