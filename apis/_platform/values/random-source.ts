import { createHash, randomBytes } from 'node:crypto';

/** Where random values come from. */
export interface RandomSource {
  /** A whole number from 0 on, below `limit` (2^48 at most). */
  below(limit: number): number;
  bytes(count: number): Buffer;
}

/** Bytes of the operating system, fetched 4 KiB at a time. */
class SystemSource implements RandomSource {
  #pool: Buffer = Buffer.alloc(0);
  #used = 0;

  below(limit: number): number {
    return scale(this.bytes(6), limit);
  }

  bytes(count: number): Buffer {
    if (this.#used + count > this.#pool.length) {
      this.#pool = randomBytes(Math.max(4096, count));
      this.#used = 0;
    }
    const bytes = this.#pool.subarray(this.#used, this.#used + count);
    this.#used += count;
    return bytes;
  }
}

/** The same bytes for the same seed: SHA-256 of seed and a counter. */
class SeededSource implements RandomSource {
  readonly #seed: string;
  #block: Buffer = Buffer.alloc(0);
  #counter = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  below(limit: number): number {
    return scale(this.bytes(6), limit);
  }

  bytes(count: number): Buffer {
    while (this.#block.length < count) {
      const next = createHash('sha256').update(`${this.#seed}/${this.#counter}`).digest();
      this.#block = Buffer.concat([this.#block, next]);
      this.#counter += 1;
    }
    const bytes = this.#block.subarray(0, count);
    this.#block = this.#block.subarray(count);
    return bytes;
  }
}

export const systemSource: RandomSource = new SystemSource();

export function seededSource(seed: string): RandomSource {
  return new SeededSource(seed);
}

// 48 bits over any limit that a test asks for: the bias is far below what a test can see.
function scale(bytes: Buffer, limit: number): number {
  return Math.floor((bytes.readUIntBE(0, 6) / 2 ** 48) * limit);
}
