import type { WaitingWork } from '../contract/main-thread.ts';

interface Undecided {
  readonly suspects: Set<WaitingWork>;
  /** Milliseconds, by `performance.now()`; undefined: it stays open until it is clear, or until their deadlines. */
  readonly until: number | undefined;
  readonly fail: (work: WaitingWork) => void;
}

/**
 * Ended work of which several calls may have been the one. Those that go on are innocent; so it is decided when
 * as many are left as were ended, or else, where they all are calls of the function that was ended, after a
 * while against the one that waits longest.
 */
export class UndecidedWork {
  #undecided: Undecided[] = [];

  add(suspects: readonly WaitingWork[], decision: Omit<Undecided, 'suspects'>): void {
    this.#undecided.push({ ...decision, suspects: new Set(suspects) });
  }

  /** `waiting`: the work that still waits. */
  decide(waiting: ReadonlySet<WaitingWork>, now: number): void {
    for (const { suspects } of this.#undecided) {
      for (const suspect of suspects) if (!waiting.has(suspect)) suspects.delete(suspect);
    }
    for (const one of this.#undecided) {
      const [longest] = one.suspects;
      const rivals = this.#undecided.filter(({ suspects }) => longest !== undefined && suspects.has(longest));
      if (longest !== undefined && one.suspects.size > rivals.length && now < (one.until ?? Infinity))
        continue;
      this.#undecided = this.#undecided.filter((other) => other !== one);
      if (longest === undefined) continue;
      for (const { suspects } of this.#undecided) suspects.delete(longest);
      one.fail(longest);
    }
  }
}
