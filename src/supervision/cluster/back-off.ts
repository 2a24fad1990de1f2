/** Milliseconds. */
const first = 100;
const longest = 30_000;
/** Of a process that did serve: what ends it comes with calls, and others must not wait long for its successor. */
const longestAfterServing = 1_000;

/** A process that served this long was well; its end is the first one again. Milliseconds. */
const wellAfter = 5_000;

/** How long to wait before a process is started anew that has ended again and again. */
export interface BackOff {
  /** Milliseconds. `servedFor`: how long the one that ended did serve, in milliseconds; 0 when it never did. */
  next(servedFor: number): number;
}

/** 0, then 100 ms, then twice as long each time, up to 1 s after processes that served, else up to 30 s. */
export function createBackOff(): BackOff {
  let ends = 0;
  return {
    next(servedFor) {
      if (servedFor >= wellAfter) ends = 0;
      ends += 1;
      if (ends === 1) return 0;
      return Math.min(servedFor > 0 ? longestAfterServing : longest, first * 2 ** (ends - 2));
    },
  };
}
