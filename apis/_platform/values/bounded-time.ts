import { createContext, Script } from 'node:vm';
import { ValueError } from './value-error.ts';

const box = createContext({ work: undefined });
const script = new Script('work()');

/** Milliseconds that one check may take. */
export const patience = 1000;

/**
 * Runs synchronous work that V8 ends after `patience`: the only thing that stops a regular expression which
 * backtracks for ever. Costs a thread of its own, so it is for work that may take long.
 *
 * @throws ValueError PATTERN_TOO_SLOW naming `what`
 */
export function withinPatience<T>(what: string, work: () => T): T {
  box['work'] = work;
  try {
    return script.runInContext(box, { timeout: patience }) as T;
  } catch (error) {
    // The error comes from the other context, so that it is no instance of this one's Error.
    if ((error as { code?: unknown } | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
      throw new ValueError(
        'PATTERN_TOO_SLOW',
        `${what} took longer than ${patience} ms and was ended; it backtracks too much. Write it without repetitions inside repetitions.`,
      );
    }
    throw error;
  } finally {
    box['work'] = undefined;
  }
}
