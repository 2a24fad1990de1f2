import { Client } from 'undici';
import type { Connection } from './connection.ts';
import type { Hop } from './hop.ts';
import { Opening, type Route } from './open-connection.ts';

/** One connection, opened again by its client when it was lost. */
export interface Slot {
  client: Client;
  connection: Connection | undefined;
  opening: Opening | undefined;
  connectTimeout: number;
  /** Requests under way. */
  streams: number;
  capacity: number;
  listed: boolean;
  retired: boolean;
}

/** Bytes of the header of an answer. */
export const headersLimit = 131_072;
const streamsPerConnection = 100;

/**
 * The connections to one origin with the same TLS settings, protocol and proxy. Each has an undici client of its own, so
 * that it is known which connection a request went over, and a request without a free one never waits behind another.
 */
export class ConnectionPool {
  readonly route: Route;
  /** Given with each request, so that undici does not derive a name from the header `host`. */
  readonly serverName: string;
  readonly #slots = new Set<Slot>();
  readonly #available: Slot[] = [];
  readonly #waiting: Hop[] = [];
  readonly #limit: number;
  #isVersionKnown = false;

  constructor(route: Route, limit: number) {
    this.route = route;
    this.serverName = route.target.hostname;
    this.#limit = limit;
  }

  get isIdle(): boolean {
    for (const slot of this.#slots) if (slot.streams > 0) return false;
    return this.#waiting.length === 0;
  }

  run(hop: Hop): void {
    const slot = this.#available.at(-1) ?? (this.#mayAdd ? this.#add() : undefined);
    if (slot === undefined) this.#waiting.push(hop);
    else this.#give(slot, hop);
  }

  /** Takes a connection back. `broken`: nothing more may go over it. */
  release(slot: Slot, broken: boolean): void {
    slot.streams -= 1;
    if (broken) this.#retire(slot);
    else this.#list(slot);
    if (slot.retired && slot.streams === 0) void this.#drop(slot);
    this.#serveWaiting();
  }

  async close(): Promise<void> {
    const slots = [...this.#slots];
    for (const hop of this.#waiting.splice(0)) hop.cancel();
    await Promise.all(slots.map((slot) => this.#drop(slot)));
  }

  #give(slot: Slot, hop: Hop): void {
    slot.streams += 1;
    if (slot.streams >= slot.capacity) this.#unlist(slot);
    slot.connectTimeout = hop.connectTimeout;
    hop.slot = slot;
    slot.client.dispatch(hop.dispatchOptions, hop);
  }

  #serveWaiting(): void {
    while (this.#waiting.length > 0) {
      const slot = this.#available.at(-1) ?? (this.#mayAdd ? this.#add() : undefined);
      if (slot === undefined) return;
      const hop = this.#waiting.shift();
      if (hop !== undefined && !hop.settled) this.#give(slot, hop);
    }
  }

  #add(): Slot {
    const { target, proxy, http2 } = this.route;
    const slot: Slot = {
      client: new Client(proxy !== undefined && !target.secure ? proxy.target.origin : target.origin, {
        connect: (_options, callback) => this.#open(slot, callback),
        pipelining: 1,
        maxHeaderSize: headersLimit,
        // One timer watches all requests; see Deadlines.
        headersTimeout: 0,
        bodyTimeout: 0,
        ...(http2 && { allowH2: true, pingInterval: 0 }),
      }),
      connection: undefined,
      opening: undefined,
      connectTimeout: 0,
      streams: 0,
      capacity: 1,
      listed: false,
      retired: false,
    };
    this.#slots.add(slot);
    this.#list(slot);
    return slot;
  }

  #open(slot: Slot, callback: (...result: [Error, null]) => void): void {
    slot.connection = undefined;
    slot.opening = new Opening(this.route, slot.connectTimeout, (failure, socket, connection) => {
      slot.opening = undefined;
      slot.connection = connection;
      if (connection !== undefined) this.#adapt(slot, connection);
      (callback as (error: Error | null, socket: unknown) => void)(failure, socket);
      if (connection !== undefined) this.#serveWaiting();
    });
  }

  /** HTTP/2 carries many requests at once, where the server turns out to know it. */
  #adapt(slot: Slot, { httpVersion }: Connection): void {
    const capacity = httpVersion === '2' ? streamsPerConnection : 1;
    this.#isVersionKnown = true;
    if (slot.capacity === capacity) return;
    slot.capacity = capacity;
    // What undici calls pipelining for HTTP/1.1 are the streams of HTTP/2.
    slot.client.pipelining = capacity;
    if (slot.streams >= capacity) this.#unlist(slot);
    else this.#list(slot);
  }

  /** As long as nobody knows whether requests can share a connection, they wait for the first one. */
  get #mayAdd(): boolean {
    if (this.#slots.size >= this.#limit) return false;
    return !this.route.http2 || this.#isVersionKnown || this.#slots.size === 0;
  }

  #list(slot: Slot): void {
    if (slot.listed || slot.retired || slot.streams >= slot.capacity) return;
    slot.listed = true;
    this.#available.push(slot);
  }

  #unlist(slot: Slot): void {
    if (!slot.listed) return;
    slot.listed = false;
    if (this.#available.at(-1) === slot) this.#available.pop();
    else this.#available.splice(this.#available.indexOf(slot), 1);
  }

  #retire(slot: Slot): void {
    slot.retired = true;
    this.#unlist(slot);
    this.#slots.delete(slot);
  }

  async #drop(slot: Slot): Promise<void> {
    this.#retire(slot);
    slot.opening?.cancel();
    await slot.client.destroy();
  }
}
