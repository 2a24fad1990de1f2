import { nextTurn, runApart } from '../contract/main-thread.ts';
import type { FileInstance } from './file-instance.ts';
import { evaluate, isEndedFromOutside, runWithin, type LoadHost } from './load-module.ts';

/** Milliseconds of evaluations that share one time limit. */
const shareMs = 20;

/**
 * Evaluates instances in turn. A time limit costs a thread, more than most files do, so what is quick shares one; it
 * is that much longer, and each file still gets `seconds`. What a file throws stays with its instance.
 */
export async function evaluateTogether(
  instances: readonly FileInstance[],
  host: LoadHost,
  seconds: number,
): Promise<void> {
  const left = instances.values();
  while (!(await runApart(() => evaluateSome(left, host, seconds)))) continue;
}

/** Whether none is left. */
function evaluateSome(left: Iterator<FileInstance>, host: LoadHost, seconds: number): boolean {
  const until = performance.now() + shareMs;
  try {
    return runWithin(seconds + shareMs / 1000, () => {
      while (performance.now() < until) {
        const { value: instance, done } = left.next();
        if (done === true) return true;
        // Whoever looks after this thread sees one file at a time.
        nextTurn();
        tryToEvaluate(instance, host);
      }
      return false;
    });
  } catch (error) {
    if (!isEndedFromOutside(error)) throw error;
    return false;
  }
}

function tryToEvaluate(instance: FileInstance, host: LoadHost): void {
  try {
    evaluate(instance, host);
  } catch {
    // Thrown again to whoever asks for its exports.
  }
}
