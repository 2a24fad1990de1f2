/** Upper bounds of durations, seconds: from what a call costs to the usual deadline of one. */
export const durationBounds = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
] as const;

const boundsInMs = durationBounds.map((seconds) => seconds * 1000);

/** How many durations fell between which bounds. Most calls are fast, so the search from below ends at once. */
export class DurationHistogram {
  readonly counts: number[] = Array.from({ length: boundsInMs.length + 1 }, () => 0);
  #sumMs = 0;

  observe(ms: number): void {
    let slot = 0;
    while (ms > (boundsInMs[slot] ?? Infinity)) slot++;
    this.counts[slot] = (this.counts[slot] ?? 0) + 1;
    this.#sumMs += ms;
  }

  /** Seconds. */
  get sum(): number {
    return this.#sumMs / 1000;
  }
}
