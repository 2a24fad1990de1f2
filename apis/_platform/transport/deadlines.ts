const tick = 20;
const idleTicks = 50;

/** Something that must be over in time. */
export interface Timed {
  /** When it is late, on the clock of `performance.now()`. */
  deadline: number;
  /** Its place among those that are watched; kept by `Deadlines`. */
  place: number;
  /** When this is aborted, `cancel` is called. */
  readonly signal: AbortSignal | undefined;
  expire(now: number): void;
  cancel(): void;
}

/** One timer for all requests: every 20 ms it looks who is late or cancelled. A timer each would cost more than it tells. */
export class Deadlines {
  readonly #watched: Timed[] = [];
  #timer: NodeJS.Timeout | undefined;
  #idle = 0;

  watch(timed: Timed): void {
    timed.place = this.#watched.length;
    this.#watched.push(timed);
    this.#timer ??= setInterval(() => this.#look(), tick).unref();
  }

  forget(timed: Timed): void {
    const last = this.#watched.pop();
    if (last === undefined || last === timed) return;
    this.#watched[timed.place] = last;
    last.place = timed.place;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    this.#idle = this.#watched.length === 0 ? this.#idle + 1 : 0;
    if (this.#idle > idleTicks) return this.stop();
    const now = performance.now();
    // From the end: who is late forgets itself, and the last one takes its place.
    for (let index = this.#watched.length - 1; index >= 0; index -= 1) {
      const timed = this.#watched[index];
      if (timed === undefined) continue;
      if (timed.signal?.aborted === true) timed.cancel();
      else if (timed.deadline <= now) timed.expire(now);
    }
  }
}
