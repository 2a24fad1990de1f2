import { ApiError } from '../contract/api-error.ts';
import type { Endpoint } from '../registry/snapshot.ts';

export interface CallSlot {
  /** The call was answered, perhaps because its deadline passed: its place in the process is free. */
  answered(): void;
  /** The function has really ended: its place among the calls of this function is free. */
  settled(): void;
}

export interface CallSlots {
  /** A place for one call, or the refusal. */
  take(endpoint: Endpoint): CallSlot | ApiError;
}

/**
 * Limits how many calls run at once. A function that outlives its deadline keeps its own place until it
 * ends, because `concurrency` may guard what it touches; but not its place in the process, so that one
 * function that never ends cannot bring all others to a halt.
 */
export function createCallSlots(limit: () => number): CallSlots {
  let running = 0;
  // By path, so that the limit also holds across a reload; entries go at 0.
  const runningByPath = new Map<string, number>();
  return {
    take({ path, options: { concurrency } }) {
      if (running >= limit()) return overloaded(`${limit()} calls are running in this process`);
      const same = concurrency === undefined ? 0 : (runningByPath.get(path) ?? 0);
      if (concurrency !== undefined) {
        if (same >= concurrency) return overloaded(`${concurrency} calls of '${path}' are running`);
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

function overloaded(reason: string): ApiError {
  return new ApiError('OVERLOADED', `Overloaded: ${reason}, which is the limit; try again in 1 s`, {
    headers: { 'Retry-After': '1' },
  });
}
