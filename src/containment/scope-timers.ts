import * as nodeTimers from 'node:timers';
import { setImmediate as immediately, setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { noteOrigin } from './stray-origin.ts';

// Taken before any served file runs: what one of them does to the globals does not reach the others.
let node: Pick<
  typeof nodeTimers,
  'setTimeout' | 'setInterval' | 'setImmediate' | 'clearTimeout' | 'clearInterval' | 'clearImmediate'
> = { ...nodeTimers };

/** From now on, timers are started by what the globals are at that moment: fake ones, while a test says so. */
export function followGlobalTimers(): void {
  node = globalThis;
}

type Callback = (...args: unknown[]) => unknown;
type TimerId = NodeJS.Timeout | number | string | undefined;

/** Cleared timers of which nobody told are looked for when this many are known. */
const sweepFrom = 64;

/**
 * The timers of one instance of a file: Node's own, of which the pending ones are known, so that they go
 * with the instance. Functions, not methods: they are called without an object.
 */
export class ScopeTimers {
  readonly #file: string;
  readonly #timeouts = new Set<NodeJS.Timeout>();
  readonly #intervals = new Set<NodeJS.Timeout>();
  #sweepAt = sweepFrom;
  #takesIntervals = true;
  #closed = false;
  readonly #onClose = new Set<() => void>();

  constructor(file: string) {
    this.#file = file;
    Object.defineProperty(this.setTimeout, promisify.custom, { value: this.sleep });
    Object.defineProperty(this.setImmediate, promisify.custom, { value: this.turn });
  }

  readonly setTimeout = (callback: Callback, delay?: number, ...args: unknown[]): NodeJS.Timeout => {
    if (typeof callback !== 'function') return node.setTimeout(callback, delay);
    if (this.#closed) return inert(delay);
    const timer = node.setTimeout(
      (...given: unknown[]) => {
        this.#timeouts.delete(timer);
        this.#fire(callback, timer, given);
      },
      delay,
      ...args,
    );
    this.#sweep(this.#timeouts.add(timer));
    return timer;
  };

  readonly setInterval = (callback: Callback, delay?: number, ...args: unknown[]): NodeJS.Timeout => {
    if (typeof callback !== 'function') return node.setInterval(callback, delay);
    if (!this.#takesIntervals) return inert(delay);
    const timer = node.setInterval(
      (...given: unknown[]) => this.#fire(callback, timer, given),
      delay,
      ...args,
    );
    this.#sweep(this.#intervals.add(timer));
    return timer;
  };

  readonly setImmediate = (callback: Callback, ...args: unknown[]): NodeJS.Immediate => {
    if (typeof callback !== 'function') return node.setImmediate(callback);
    const immediate: NodeJS.Immediate = node.setImmediate(
      (...given: unknown[]) => this.#fire(callback, immediate, given),
      ...args,
    );
    return immediate;
  };

  readonly clearTimeout = (timer?: TimerId): void => this.#clear(timer);

  readonly clearInterval = (timer?: TimerId): void => this.#clear(timer);

  readonly clearImmediate = (immediate?: NodeJS.Immediate): void => node.clearImmediate(immediate);

  /** As `setTimeout` of `node:timers/promises`; stays pending for ever when the instance goes. */
  readonly sleep = <T>(
    delay?: number,
    value?: T,
    options?: { signal?: AbortSignal; ref?: boolean },
  ): Promise<T> => {
    const { signal, ref = true } = options ?? {};
    // Node says what is wrong with options, and rejects what is aborted already, in its own words.
    if (signal !== undefined && (!(signal instanceof AbortSignal) || signal.aborted))
      return sleep(delay, value, options);
    if (typeof ref !== 'boolean') return sleep(delay, value, options);
    return new Promise((resolve) => {
      const abort = (): void => {
        this.#clear(timer);
        resolve(sleep(delay, value, { signal: signal as AbortSignal }));
      };
      const timer = this.setTimeout(() => {
        signal?.removeEventListener('abort', abort);
        resolve(value as T);
      }, delay);
      if (!ref) timer.unref();
      signal?.addEventListener('abort', abort, { once: true });
    });
  };

  /** As `setImmediate` of `node:timers/promises`. */
  readonly turn = <T>(value?: T, options?: { signal?: AbortSignal; ref?: boolean }): Promise<T> =>
    this.#closed ? new Promise<T>(() => {}) : immediately(value, options);

  /** Calls `listener` when nothing of the instance may run any more; the returned function ends that. */
  onClose(listener: () => void): () => void {
    if (this.#closed) listener();
    else this.#onClose.add(listener);
    return () => void this.#onClose.delete(listener);
  }

  /** Intervals end; what waits for one moment may still be awaited by a call. */
  endIntervals(): void {
    this.#takesIntervals = false;
    for (const timer of this.#intervals) node.clearInterval(timer);
    this.#intervals.clear();
  }

  /** All pending timers are cleared, and new ones never fire. */
  close(): void {
    this.endIntervals();
    this.#closed = true;
    for (const timer of this.#timeouts) node.clearTimeout(timer);
    this.#timeouts.clear();
    for (const listener of this.#onClose) listener();
    this.#onClose.clear();
  }

  #clear(timer: TimerId): void {
    if (typeof timer === 'object') {
      this.#timeouts.delete(timer);
      this.#intervals.delete(timer);
    }
    node.clearTimeout(timer);
  }

  /** A timer that fired before can be set again by `refresh()`, and is not known then. */
  #fire(callback: Callback, timer: unknown, given: unknown[]): void {
    if (this.#closed) return;
    try {
      Reflect.apply(callback, timer, given);
    } catch (error) {
      noteOrigin(error, this.#file);
      throw error;
    }
  }

  /** Timers also end by the global `clearTimeout`, by their number or by `close()`, and tell nobody. */
  #sweep(timers: Set<NodeJS.Timeout>): void {
    if (timers.size < this.#sweepAt) return;
    for (const timer of timers) if (isDestroyed(timer)) timers.delete(timer);
    this.#sweepAt = Math.max(sweepFrom, timers.size * 2);
  }
}

/** Node's own mark; a version without it only keeps such timers until the instance goes. */
function isDestroyed(timer: NodeJS.Timeout): boolean {
  return (timer as { readonly _destroyed?: boolean })._destroyed === true;
}

function inert(delay: number | undefined): NodeJS.Timeout {
  const timer = node.setTimeout(() => {}, delay);
  node.clearTimeout(timer);
  return timer;
}
