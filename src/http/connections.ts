import type { Socket } from 'node:net';

/** The open connections, and which of them are more than this process wants. */
export class Connections {
  readonly #limit: () => number;
  readonly #open = new Set<Socket>();
  readonly #surplus = new Set<Socket>();

  /** `limit`: asked at each new connection. */
  constructor(limit: () => number) {
    this.#limit = limit;
  }

  /**
   * Some more than the limit are kept to be told so, in answer to what they ask: a connection that is just closed
   * looks like a crash. Beyond those, closing is all there is; gives false then.
   */
  add(socket: Socket): boolean {
    const limit = this.#limit();
    if (this.#open.size >= limit + Math.ceil(limit / 10)) {
      socket.destroy();
      return false;
    }
    if (this.#open.size >= limit) this.#surplus.add(socket);
    this.#open.add(socket);
    socket.once('close', () => {
      this.#open.delete(socket);
      this.#surplus.delete(socket);
    });
    return true;
  }

  isSurplus(socket: Socket): boolean {
    return this.#surplus.size > 0 && this.#surplus.has(socket);
  }

  get size(): number {
    return this.#open.size;
  }

  [Symbol.iterator](): IterableIterator<Socket> {
    return this.#open.values();
  }
}
