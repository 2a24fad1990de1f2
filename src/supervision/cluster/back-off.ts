/** Milliseconds. */
const first = 100;
const longest = 30_000;

/** A process that ran this long has recovered; its next end is the first one again. Milliseconds. */
const stableAfter = 30_000;

/** How long to wait before a process is started anew that has ended again and again. */
export interface BackOff {
  /** Milliseconds; 0 after a process that ran for a while. `ranFor`: how long the one that ended did, in milliseconds. */
  next(ranFor: number): number;
}

/** 0, then 100 ms, then twice as long each time, up to 30 s. */
export function createBackOff(): BackOff {
  let failures = 0;
  return {
    next(ranFor) {
      if (ranFor >= stableAfter) failures = 0;
      failures += 1;
      return failures === 1 ? 0 : Math.min(longest, first * 2 ** (failures - 2));
    },
  };
}
