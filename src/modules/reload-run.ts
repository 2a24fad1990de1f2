import { ApiError } from '../contract/api-error.ts';
import { restartTranspiler } from './transpile.ts';

const phases = [
  'reading files',
  'transpiling',
  'loading modules',
  'running onLoad hooks',
  'agreeing with the other workers',
  'swapping',
  'deriving signatures',
] as const;
type Phase = (typeof phases)[number];

/** One reload under way: how far it is, and whether it was given up. */
export class ReloadRun {
  #phase: Phase = 'reading files';
  #givenUp = false;
  /** Whether the new generation serves already. */
  swapped = false;

  get phase(): Phase {
    return this.#phase;
  }

  get isGivenUp(): boolean {
    return this.#givenUp;
  }

  /** @throws Error when the run was given up: nothing of it may take effect any more */
  enter(phase: Phase): void {
    if (this.#givenUp) throw new Error(`the reload was given up while ${this.#phase}`);
    this.#phase = phase;
  }

  giveUp(): void {
    this.#givenUp = true;
  }
}

/**
 * Runs a reload for `seconds` at most. One that hangs, on a disk that does not answer for example, is given
 * up, so that the next one can run; whatever it does later has no effect.
 *
 * @throws ApiError RELOAD_FAILED that says where it hung
 */
export async function runReloadWithin<T>(
  seconds: number,
  run: ReloadRun,
  work: (run: ReloadRun) => Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      run.giveUp();
      // One that was stopped would hold up every later reload as well.
      if (run.phase === 'transpiling') restartTranspiler();
      reject(tooLate(seconds, run));
    }, seconds * 1000);
  });
  try {
    return await Promise.race([work(run), late]);
  } finally {
    clearTimeout(timer);
  }
}

function tooLate(seconds: number, { phase, swapped }: ReloadRun): ApiError {
  const outcome = swapped
    ? 'the new generation serves already'
    : 'what served before goes on serving, and the next save or /api/reload tries again';
  return new ApiError(
    'RELOAD_FAILED',
    `the reload did not end within ${seconds} s (reloadTimeout): it hung while ${phase}; ${outcome}`,
  );
}
