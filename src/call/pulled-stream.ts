import { clearTimeout, setTimeout } from 'node:timers';
import type { ApiError } from '../contract/api-error.ts';
import { fairNow, inTurn, mainThread, type WaitingWork } from '../contract/main-thread.ts';
import type { CallRequest } from './call-request.ts';
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
export class PulledStream<T> implements WaitingWork {
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
  /** When the time of that step began. */
  #since = 0;
  #timer: NodeJS.Timeout | undefined;
  #dropsBefore = 0;
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

  /** Makes the first step, which `next` then gives. `since`: when its time began, by `fairNow()`. */
  async start(since: number): Promise<Pull<T>> {
    const first = await this.#pull(since);
    this.#waiting.unshift(first);
    return first;
  }

  /** The next step; `done` ever after the end. One at a time; never rejects. */
  next(): Promise<Pull<T>> {
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) return Promise.resolve(waiting);
    return this.#over ? Promise.resolve(done) : this.#pull(fairNow());
  }

  /** Ends the stream from outside: its reader, also one that waits already, gets `reason` as the last step. */
  stop(reason: ApiError): void {
    if (this.#over) return;
    this.#close(reason);
    this.#tell(reason);
    this.#call.running.abort(reason);
  }

  get request(): CallRequest {
    return this.#call.request;
  }

  /** Nothing that the source has begun goes on, so there is nothing to wait for. */
  interrupted(reason: ApiError): void {
    if (this.#over) return;
    this.#end(Promise.resolve());
    this.#tell(reason);
    void this.#abandonSource(reason);
    this.#call.running.abort(reason);
  }

  recover(): void {
    const pending = this.#pending;
    void pending?.then((ending) => {
      if (this.#pending !== pending) return;
      this.#pending = undefined;
      this.#run(() => this.#receive(ending));
    });
  }

  #pull(since: number): Promise<Pull<T>> {
    return new Promise((resolve) => {
      this.#since = since;
      this.#dropsBefore = mainThread.drops;
      this.#armTimer();
      this.#answer = (pull) => {
        clearTimeout(this.#timer);
        mainThread.waiting.delete(this);
        this.#answer = undefined;
        resolve(pull);
      };
      mainThread.waiting.add(this);
      this.#pending = step(this.#source, this.request);
      this.recover();
    });
  }

  /** Time that others have taken by blocking the process is given back. */
  #armTimer(): void {
    const left = this.#left();
    this.#timer = setTimeout(
      () => {
        if (left < longestTimer && this.#left() >= 1) this.#armTimer();
        else this.#run(() => this.#giveUp());
      },
      Math.min(left, longestTimer),
    );
  }

  /** Milliseconds. */
  #left(): number {
    return this.#call.timeout * 1000 - (fairNow() - this.#since);
  }

  /** The author's code is below it: `toJSON` of items, listeners of the signal. */
  #run(work: () => void): void {
    if (!mainThread.watched) work();
    else inTurn(this.request, work).catch((error: ApiError) => this.interrupted(error));
  }

  #tell(error: ApiError): void {
    if (this.#answer === undefined) this.#waiting.push({ error });
    else this.#answer({ error });
  }

  #receive(ending: Ending): void {
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
    } else if (this.#left() < 0) {
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
    if (this.#over) return;
    const answer = this.#answer;
    const { error } = overdue(this.#call, 'gave no item');
    // What V8 has dropped never goes on; places that it holds would never be free again.
    if (mainThread.drops !== this.#dropsBefore) this.#end(Promise.resolve());
    else this.#close(error);
    answer?.({ error });
  }

  /** Ends before the source did: it is told, and the function has really ended when it has nothing left to do. */
  #close(reason: ApiError): void {
    const pending = this.#pending;
    const stopped = this.#stopSource(reason).catch((thrown: unknown) =>
      logLate(this.#call, 'while its stream was closed', thrown),
    );
    this.#end(Promise.all([pending, stopped]));
  }

  /** What it begins may never end, and fails when it was ended itself. */
  async #abandonSource(reason: ApiError): Promise<void> {
    try {
      await this.#stopSource(reason);
    } catch {
      // The log tells why it was ended already.
    }
  }

  async #stopSource(reason: ApiError): Promise<void> {
    await (mainThread.watched
      ? inTurn(this.request, () => this.#source.stop(reason))
      : Promise.resolve().then(() => this.#source.stop(reason)));
  }

  #end(settled: Promise<unknown>): void {
    this.#over = true;
    this.#resolveEnded();
    void settled.finally(() => endCall(this.#call));
  }
}

/** Never rejects. */
async function step(source: Source, request: CallRequest): Promise<Ending> {
  try {
    return { value: await (mainThread.watched ? inTurn(request, () => source.next()) : source.next()) };
  } catch (thrown) {
    return { thrown };
  }
}
