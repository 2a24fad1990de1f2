const empty = Buffer.alloc(0);

/** What was announced is believed between these. Bytes. */
const believed = { from: 64 * 1_024, to: 16 * 1_048_576 } as const;

/**
 * The body of an answer as it comes. A large one whose length was announced goes into one piece: joining its many
 * pieces at the end would take all of it twice.
 */
export class ReceivedBody {
  /** Bytes so far. */
  size = 0;
  #announced: number | undefined;
  #whole: Buffer | undefined;
  #chunks: Buffer[] = [];

  /** `length` is the value of the header `content-length`. */
  announce(length: string | undefined): void {
    const bytes = Number(length);
    this.#announced = bytes >= believed.from && bytes <= believed.to ? bytes : undefined;
  }

  add(chunk: Buffer): void {
    if (this.#announced !== undefined && this.size + chunk.length <= this.#announced) {
      // Not before there is something to put into it.
      this.#whole ??= Buffer.allocUnsafeSlow(this.#announced);
      this.#whole.set(chunk, this.size);
    } else {
      if (this.#whole !== undefined) this.#chunks.push(this.#whole.subarray(0, this.size));
      this.#whole = undefined;
      this.#announced = undefined;
      this.#chunks.push(chunk);
    }
    this.size += chunk.length;
  }

  /** All of it in one piece. */
  joined(): Buffer {
    if (this.#whole !== undefined) return this.#whole.subarray(0, this.size);
    const [first = empty, ...others] = this.#chunks;
    return others.length === 0 ? first : Buffer.concat(this.#chunks, this.size);
  }
}
