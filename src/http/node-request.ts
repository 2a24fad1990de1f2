import type { IncomingHttpHeaders } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { ApiError } from '../contract/api-error.ts';
import type { Meter } from '../contract/meter.ts';
import type { Snapshot } from '../registry/snapshot.ts';
import type { Buffers } from './buffers.ts';
import type { HttpRequest, RequestNotes } from './http-request.ts';
import { readBytes, type BytesHolder } from './read-bytes.ts';
import { longestSilence, readChunks } from './read-chunks.ts';
import { resolveRequestId } from './request-id.ts';

/** What the app's handlers of Hono are given. */
export interface HttpEnv {
  readonly Bindings: HttpBindings;
}

/** What requests share. */
export interface RequestEdge {
  readonly buffers: Buffers;
  readonly meter: Meter;
  /** How long a body may take to arrive. Milliseconds, asked for each. */
  readonly requestTimeout: () => number;
}

export interface NodeRequestOptions {
  readonly snapshot: Snapshot;
  /** The route's own path; undefined for the one that serves functions. */
  readonly route: string | undefined;
  readonly edge: RequestEdge;
}

/** A request of `node:http`, routed by Hono. A class, so that its getters cost nothing; see `create-context.ts`. */
export class NodeRequest implements HttpRequest, BytesHolder {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly requestId: string;
  /** Read at once: it is gone when the client is. */
  readonly remoteAddress: string | undefined;
  readonly startedAt = performance.now();
  readonly snapshot: Snapshot;
  readonly route: string | undefined;
  readonly notes: RequestNotes = {};
  readonly #context: Context<HttpEnv>;
  readonly #edge: RequestEdge;
  /** Bytes of the body that are held. */
  #held = 0;
  #continued = false;

  constructor(context: Context<HttpEnv>, { snapshot, route, edge }: NodeRequestOptions) {
    const { incoming } = context.env;
    const url = incoming.url ?? '';
    const queryAt = url.indexOf('?');
    this.method = context.req.method;
    this.path = context.req.path;
    this.query = queryAt === -1 ? '' : url.slice(queryAt + 1);
    this.requestId = resolveRequestId(ownHeader(incoming.headers, 'x-request-id'));
    this.remoteAddress = incoming.socket.remoteAddress;
    this.snapshot = snapshot;
    this.route = route;
    this.#context = context;
    this.#edge = edge;
  }

  get connection(): object {
    return this.#context.env.incoming.socket;
  }

  get signal(): AbortSignal {
    return this.#context.req.raw.signal;
  }

  header(name: string): string | undefined {
    return ownHeader(this.#context.env.incoming.headers, name);
  }

  readBytes(limit: number): Promise<Uint8Array> {
    const { incoming } = this.#context.env;
    const { buffers, requestTimeout } = this.#edge;
    const declared = Number(incoming.headers['content-length'] ?? 0);
    // What is too large for any time is told so, not to come again later.
    if (declared <= limit && !buffers.fits(declared)) return Promise.reject(this.#shed());
    this.#askForBody(declared, limit);
    return readBytes(incoming, { limit, patience: requestTimeout(), holder: this });
  }

  readChunks(limit: number): AsyncIterable<Uint8Array> {
    const { incoming } = this.#context.env;
    this.#askForBody(Number(incoming.headers['content-length'] ?? 0), limit);
    const patience = Math.min(this.#edge.requestTimeout(), longestSilence);
    return readChunks(incoming, { limit, patience, onBytes: (bytes) => this.#edge.meter.received(bytes) });
  }

  hold(bytes: number): ApiError | undefined {
    const { buffers, meter } = this.#edge;
    meter.received(bytes);
    if (!buffers.fits(bytes, this.#held)) return this.#shed();
    buffers.take(bytes);
    this.#held += bytes;
    return undefined;
  }

  /** To be called when the request is answered: its body is needed no more. */
  release(): void {
    this.#edge.buffers.give(this.#held);
    this.#held = 0;
  }

  /** Whether the client still waits for leave to send its body, and was not given it. */
  get awaitsContinue(): boolean {
    const { incoming } = this.#context.env;
    return incoming.headers.expect !== undefined && !this.#continued && incoming.httpVersion !== '1.0';
  }

  #shed(): ApiError {
    this.#edge.meter.shed('buffers');
    return this.#edge.buffers.refusal();
  }

  /** A client that asks first (RFC 9110, 10.1.1) need not send what would be refused anyway. */
  #askForBody(declared: number, limit: number): void {
    if (!this.awaitsContinue || declared > limit) return;
    this.#continued = true;
    this.#context.env.outgoing.writeContinue();
  }
}

/** Not what was added to `Object.prototype`, from which Node's headers inherit. */
function ownHeader(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}
