import type { ApiError } from '../contract/api-error.ts';
import type { ShedReason } from '../contract/meter.ts';
import { overloaded } from '../contract/overloaded.ts';
import type { Endpoint } from '../registry/snapshot.ts';

export interface CallSlot {
  /** The call was answered, perhaps because its deadline passed: its place in the process is free. */
  answered(): void;
  /** The function has really ended: its place among the calls of this function is free. */
  settled(): void;
}

export interface CallSlots {
  /** Calls that were not answered yet. */
  readonly running: number;
  /** A place for one call, or the refusal. */
  take(endpoint: Endpoint): CallSlot | ApiError;
}

/**
 * Limits how many calls run at once. A function that outlives its deadline keeps its own place until it
 * ends, because `concurrency` may guard what it touches; but not its place in the process, so that one
 * function that never ends cannot bring all others to a halt.
 */
export function createCallSlots(limit: () => number, onShed: (reason: ShedReason) => void): CallSlots {
  let running = 0;
  // By path, so that the limit also holds across a reload; entries go at 0.
  const runningByPath = new Map<string, number>();
  const shed = (why: ShedReason, reason: string): ApiError => {
    onShed(why);
    return overloaded(reason);
  };
  return {
    get running() {
      return running;
    },
    take({ path, options: { concurrency } }) {
      if (running >= limit()) {
        return shed(
          'calls',
          `${limit()} calls are running in this process, which is the limit ('maxConcurrentCalls')`,
        );
      }
      const same = concurrency === undefined ? 0 : (runningByPath.get(path) ?? 0);
      if (concurrency !== undefined) {
        if (same >= concurrency) {
          return shed('function', `${concurrency} calls of '${path}' are running, which is its limit`);
        }
        runningByPath.set(path, same + 1);
      }
      running++;
      return {
        answered() {
          running--;
        },
        settled() {
          if (concurrency === undefined) return;
          const left = (runningByPath.get(path) ?? 1) - 1;
          if (left === 0) runningByPath.delete(path);
          else runningByPath.set(path, left);
        },
      };
    },
  };
}
