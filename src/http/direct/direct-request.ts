import type { Snapshot } from '../../registry/snapshot.ts';
import type { HttpRequest, RequestNotes } from '../http-request.ts';
import { resolveRequestId } from '../request-id.ts';
import type { DirectIncoming } from './direct-incoming.ts';
import type { DirectResponse } from './direct-response.ts';
import type { Exchange } from './exchange.ts';

/** A call that is answered ahead of the router. Its body is there already. */
export class DirectRequest implements HttpRequest {
  readonly method = 'POST';
  readonly path: string;
  readonly query = '';
  readonly requestId: string;
  readonly startedAt: number;
  readonly snapshot: Snapshot;
  readonly route = undefined;
  readonly notes: RequestNotes = {};
  readonly incoming: DirectIncoming;
  readonly outgoing: DirectResponse;
  readonly exchange: Exchange;
  #leaving: AbortController | undefined;

  constructor(exchange: Exchange, snapshot: Snapshot) {
    const { incoming, outgoing } = exchange;
    this.incoming = incoming;
    this.outgoing = outgoing;
    this.path = incoming.url ?? '';
    const { headers } = incoming;
    const sent = Object.hasOwn(headers, 'x-request-id') ? headers['x-request-id'] : undefined;
    this.requestId = resolveRequestId(typeof sent === 'string' ? sent : undefined);
    this.startedAt = exchange.startedAt;
    this.snapshot = snapshot;
    this.exchange = exchange;
  }

  get remoteAddress(): string | undefined {
    return this.incoming.socket.remoteAddress;
  }

  get connection(): object {
    return this.incoming.socket;
  }

  get signal(): AbortSignal {
    if (this.#leaving === undefined) {
      const leaving = new AbortController();
      this.#leaving = leaving;
      const { outgoing } = this;
      const leave = (): void => {
        if (!outgoing.writableFinished) leaving.abort();
      };
      if (outgoing.destroyed || outgoing.socket?.destroyed === true) leave();
      else outgoing.once('close', leave);
    }
    return this.#leaving.signal;
  }

  header(name: string): string | undefined {
    const { headers } = this.incoming;
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
    return typeof value === 'string' ? value : undefined;
  }

  readBytes(): Promise<Uint8Array> {
    return Promise.resolve(Buffer.concat(this.incoming.wholeBody() ?? []));
  }

  async *readChunks(): AsyncIterable<Uint8Array> {
    yield await this.readBytes();
  }
}
