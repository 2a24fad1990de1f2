import { overloaded } from '../contract/overloaded.ts';
import type { ApiError } from '../contract/api-error.ts';

/**
 * Counts the bytes that this process holds for its clients: bodies of requests from their first byte to their
 * answer, and answers that clients have not taken yet.
 */
export class Buffers {
  readonly #limit: () => number;
  #used = 0;

  /** `limit`: bytes, asked each time. */
  constructor(limit: () => number) {
    this.#limit = limit;
  }

  get full(): boolean {
    return this.#used >= this.#limit();
  }

  /** Whether `bytes` more fit in. What holds nothing but `own` bytes is alone, and always fits: other limits bound it. */
  fits(bytes: number, own = 0): boolean {
    return this.#used + bytes <= this.#limit() || this.#used <= own;
  }

  take(bytes: number): void {
    this.#used += bytes;
  }

  give(bytes: number): void {
    this.#used -= bytes;
  }

  refusal(): ApiError {
    return overloaded(
      `bodies and answers under way hold ${this.#used} bytes, and 'bufferLimit' allows ${this.#limit()}`,
    );
  }
}
