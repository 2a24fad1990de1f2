import { nextTick } from 'node:process';
import { ApiError } from './api-error.ts';

/** A call, as far as whoever watches over the main thread must know it. */
export interface WatchedCall {
  readonly requestId: string;
  readonly generation: number;
  readonly endpoint: {
    readonly path: string;
    readonly fn: (...args: never[]) => unknown;
    readonly instance: { readonly file: string };
  };
}

/** Code of a function that runs on the main thread, or that will go on there when what it awaits is there. */
export interface Work {
  readonly request: WatchedCall;
  /** It was ended from outside, no `finally` of it has run, and it will never go on. */
  interrupted(error: ApiError): void;
}

/** Work that runs by itself from its beginning to its end. */
export interface Turn extends Work {
  /** Must not throw. */
  run(): void;
}

/** Work that awaits something. */
export interface WaitingWork extends Work {
  /** V8 has dropped reactions to promises: what this one awaits may have come unseen. */
  recover(): void;
}

/** Places in `cells`, which the thread that watches over this one reads. */
export const cell = {
  /** Another number whenever other work begins: as long as it is the same, the same work runs. */
  turn: 0,
  /** Above 0 while work runs that has a time limit of its own. */
  bounded: 1,
  /** Milliseconds that work may take; 0: it is not watched over. */
  limit: 2,
  /** Milliseconds that a module's evaluation may take. */
  loadLimit: 3,
  /** How main thread and watching thread agree that work is ended; see `supervision/`. */
  state: 4,
  count: 5,
} as const;

const cells = new Int32Array(new SharedArrayBuffer(cell.count * Int32Array.BYTES_PER_ELEMENT));
const cut = new WeakSet<object>();
let turns = 0;

/** What the main thread is doing. There is one for the process, as there is one main thread. */
export const mainThread = {
  cells,
  /** Somebody watches: work that needs a turn of its own gets one. */
  watched: false,
  current: undefined as Work | undefined,
  waiting: new Set<WaitingWork>(),
  /** Milliseconds that work took which was ended from outside. */
  lostMs: 0,
  /** How many parts of the runtime itself are being loaded. */
  ownLoads: 0,
  /** How often V8 has dropped reactions to promises because work was ended. */
  drops: 0,
  /** The stack of bounded work that took long, as it was seen then. */
  seen: undefined as { readonly turn: number; readonly stack: string } | undefined,
};

/** Milliseconds by a clock that stands still while work runs that is ended from outside: deadlines of others count by it. */
export function fairNow(): number {
  return performance.now() - mainThread.lostMs;
}

/** Other work begins. */
export function nextTurn(): void {
  turns += 1;
  cells[cell.turn] = turns;
}

/**
 * Runs work that can be ended from outside without harm to whoever waits for it: as a tick, above no other
 * frames and outside the run through the microtasks, which V8 drops when it is ended in their midst.
 */
export function enqueue(turn: Turn): void {
  nextTick(runNow, turn);
}

/** The same at once, for callers that are nobody's frames already. */
export function runNow(turn: Turn): void {
  mainThread.current = turn;
  nextTurn();
  turn.run();
  mainThread.current = undefined;
  nextTurn();
}

/** Runs `work` in a turn of its own; rejects with what it throws, or with why it was ended. */
export function inTurn<T>(request: WatchedCall, work: () => T | PromiseLike<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const run = (): void => {
      try {
        resolve(work());
      } catch (thrown) {
        reject(thrown);
      }
    };
    enqueue({ request, run, interrupted: reject });
  });
}

/** Loads a part of the runtime when it is first needed; the packages that come with it may take their time. */
export async function loadOwn<T>(load: () => Promise<T>): Promise<T> {
  mainThread.ownLoads++;
  try {
    return await load();
  } finally {
    mainThread.ownLoads--;
  }
}

const soon = Promise.resolve();

/**
 * Runs `work` as a tick, and gives its result in another one, after the microtasks that `work` has queued. When
 * one of those is ended from outside, V8 drops all microtasks, but no ticks: so whoever waits goes on in any case.
 */
export function runApart<T>(work: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    nextTick(() => {
      let settle: (() => void) | undefined;
      void soon.then(() => nextTick(() => settle?.()));
      try {
        const value = work();
        settle = () => resolve(value);
      } catch (thrown) {
        settle = () => reject(thrown);
      }
    });
  });
}

/** Runs work that has a time limit of its own; when it passes that, `stack` is where it was seen. */
export function runBounded<T>(work: (seen: { readonly stack: string | undefined }) => T): T {
  const bounded = cells[cell.bounded] ?? 0;
  cells[cell.bounded] = bounded + 1;
  nextTurn();
  const turn = turns;
  try {
    return work({
      get stack() {
        return mainThread.seen !== undefined && mainThread.seen.turn >= turn
          ? mainThread.seen.stack
          : undefined;
      },
    });
  } finally {
    cells[cell.bounded] = bounded;
    nextTurn();
  }
}

/** The answer of a call that was ended because it blocked the process. */
export function cutShort(path: string, blockedMs: number): ApiError {
  const seconds = Number((blockedMs / 1000).toFixed(2));
  const error = new ApiError(
    'FUNCTION_TIMEOUT',
    `'${path}' blocked the process for ${seconds} s and was ended (blockTimeout)`,
  );
  cut.add(error);
  return error;
}

/** Whether it comes from `cutShort`: the log tells of it already. */
export function isCutShort(thrown: unknown): boolean {
  return typeof thrown === 'object' && thrown !== null && cut.has(thrown);
}
