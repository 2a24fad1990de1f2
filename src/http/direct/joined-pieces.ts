/**
 * Puts the pieces of a body side by side, always in the same memory. Buffers of their own would be a second body for
 * each request outside of the heap, which V8 takes for a reason to look through all of it.
 */
export class JoinedPieces {
  #memory = Buffer.alloc(0);

  /** To be read before the next call. */
  of(pieces: readonly Buffer[]): Buffer {
    const [first] = pieces;
    if (first !== undefined && pieces.length === 1) return first;
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (length > this.#memory.length) this.#memory = Buffer.allocUnsafeSlow(length);
    let at = 0;
    for (const piece of pieces) {
      piece.copy(this.#memory, at);
      at += piece.length;
    }
    return this.#memory.subarray(0, length);
  }
}
