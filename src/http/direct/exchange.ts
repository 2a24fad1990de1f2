import { nextTick } from 'node:process';
import type { BodyListener, DirectIncoming } from './direct-incoming.ts';
import type { DirectResponse } from './direct-response.ts';

/** Who answers exchanges. */
export interface ExchangeOwner {
  onChunk(exchange: Exchange, bytes: number): void;
  /** In a tick of its own. */
  onWhole(exchange: Exchange): void;
  onLeft(exchange: Exchange): void;
}

/** A request and its answer, as they come from `node:http`. */
export class Exchange implements BodyListener {
  readonly startedAt = performance.now();
  readonly incoming: DirectIncoming;
  readonly outgoing: DirectResponse;
  /** Bytes of the body that are counted as held. */
  held = 0;
  /** Its neighbours in the line of those that wait for their body, see `waiting-line.ts`. */
  before: Exchange | undefined = undefined;
  behind: Exchange | undefined = undefined;
  isWaiting = false;
  readonly #owner: ExchangeOwner;

  constructor(incoming: DirectIncoming, outgoing: DirectResponse, owner: ExchangeOwner) {
    this.incoming = incoming;
    this.outgoing = outgoing;
    this.#owner = owner;
  }

  onChunk(bytes: number): void {
    this.#owner.onChunk(this, bytes);
  }

  onWhole(): void {
    nextTick(tellWhole, this);
  }

  onLeft(): void {
    this.#owner.onLeft(this);
  }

  tellWhole(): void {
    this.#owner.onWhole(this);
  }
}

function tellWhole(exchange: Exchange): void {
  exchange.tellWhole();
}
