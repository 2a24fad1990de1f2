import { setTimeout } from 'node:timers';

/** An error outside every call, as it is logged. */
export interface StrayReport {
  readonly message: string;
  readonly err: unknown;
  /** The file that it came from, as `placeOf` gives it; undefined when nothing tells. */
  readonly place: string | undefined;
}

export interface StrayErrorsOptions {
  /** Names the file that a thrown value came from, by its stack. */
  readonly placeOf: (thrown: unknown) => string | undefined;
  readonly log: (report: StrayReport) => void;
  /** Told at the end of a window how many were left out, by place. */
  readonly logSuppressed: (counts: ReadonlyMap<string | undefined, number>) => void;
}

export interface StrayErrors {
  report(message: string, thrown: unknown): void;
}

/** Lines of one place in one window. */
const linesPerPlace = 10;
/** Milliseconds. */
const windowMs = 5_000;
/** From here on nobody looks where an error came from, until the window ends. */
const lookedAtPerWindow = 1_000;

/**
 * Logs errors that no call can answer for. A flood of them is counted instead of logged: ten lines of one
 * place in five seconds, then one line that says how many more there were.
 */
export function createStrayErrors({ placeOf, log, logSuppressed }: StrayErrorsOptions): StrayErrors {
  let seen = new Map<string | undefined, number>();
  let total = 0;
  let suppressed = new Map<string | undefined, number>();

  const endWindow = (): void => {
    const left = suppressed;
    seen = new Map();
    suppressed = new Map();
    total = 0;
    if (left.size > 0) logSuppressed(left);
  };
  const suppress = (place: string | undefined): void =>
    void suppressed.set(place, (suppressed.get(place) ?? 0) + 1);

  return {
    report(message, err) {
      if (total === 0) setTimeout(endWindow, windowMs).unref();
      total++;
      if (total > lookedAtPerWindow) return suppress(undefined);
      const place = placeOf(err);
      const count = (seen.get(place) ?? 0) + 1;
      seen.set(place, count);
      if (count > linesPerPlace) suppress(place);
      else log({ message, err, place });
    },
  };
}
