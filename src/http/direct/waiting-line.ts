import type { Exchange } from './exchange.ts';

/**
 * Exchanges that wait for their bodies, in the order in which they came.
 *
 * Not a `Set`: V8 lets each table of a set point to the one that took its place, and once one of them has grown old, it
 * keeps everything alive that came after it until the next full garbage collection. What leaves this line
 * points to nobody.
 */
export class WaitingLine {
  #first: Exchange | undefined;
  #last: Exchange | undefined;

  get first(): Exchange | undefined {
    return this.#first;
  }

  add(exchange: Exchange): void {
    exchange.isWaiting = true;
    exchange.before = this.#last;
    if (this.#last === undefined) this.#first = exchange;
    else this.#last.behind = exchange;
    this.#last = exchange;
  }

  /** Does nothing for one that waits no more. */
  remove(exchange: Exchange): void {
    if (!exchange.isWaiting) return;
    const { before, behind } = exchange;
    if (before === undefined) this.#first = behind;
    else before.behind = behind;
    if (behind === undefined) this.#last = before;
    else behind.before = before;
    exchange.isWaiting = false;
    exchange.before = undefined;
    exchange.behind = undefined;
  }
}
