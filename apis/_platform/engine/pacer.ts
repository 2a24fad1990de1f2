import { pause } from './pause.ts';

/** Spreads what is begun, so that no second sees more than `perSecond`. */
export class Pacer {
  readonly #gap: number;
  #next = 0;

  constructor(perSecond: number | undefined) {
    this.#gap = perSecond === undefined || perSecond <= 0 ? 0 : 1000 / perSecond;
  }

  /** Waits for the caller's turn; undefined when that is now. */
  turn(signal: AbortSignal): Promise<void> | undefined {
    if (this.#gap === 0) return undefined;
    const now = performance.now();
    const at = Math.max(now, this.#next);
    this.#next = at + this.#gap;
    return at <= now ? undefined : pause(at - now, signal);
  }
}
