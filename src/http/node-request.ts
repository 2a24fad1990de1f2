import type { IncomingHttpHeaders } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Snapshot } from '../registry/snapshot.ts';
import type { HttpRequest, RequestNotes } from './http-request.ts';
import { readBytes } from './read-bytes.ts';
import { readChunks } from './read-chunks.ts';
import { resolveRequestId } from './request-id.ts';

/** What the app's handlers of Hono are given. */
export interface HttpEnv {
  readonly Bindings: HttpBindings;
}

/** A request of `node:http`, routed by Hono. A class, so that its getters cost nothing; see `create-context.ts`. */
export class NodeRequest implements HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly requestId: string;
  /** Read at once: it is gone when the client is. */
  readonly remoteAddress: string | undefined;
  readonly startedAt = performance.now();
  readonly snapshot: Snapshot;
  readonly notes: RequestNotes = {};
  readonly #context: Context<HttpEnv>;

  constructor(context: Context<HttpEnv>, snapshot: Snapshot) {
    const { incoming } = context.env;
    const url = incoming.url ?? '';
    const queryAt = url.indexOf('?');
    this.method = context.req.method;
    this.path = context.req.path;
    this.query = queryAt === -1 ? '' : url.slice(queryAt + 1);
    this.requestId = resolveRequestId(ownHeader(incoming.headers, 'x-request-id'));
    this.remoteAddress = incoming.socket.remoteAddress;
    this.snapshot = snapshot;
    this.#context = context;
  }

  get signal(): AbortSignal {
    return this.#context.req.raw.signal;
  }

  header(name: string): string | undefined {
    return ownHeader(this.#context.env.incoming.headers, name);
  }

  readBytes(limit: number): Promise<Uint8Array> {
    this.#askForBody(limit);
    return readBytes(this.#context.env.incoming, { limit });
  }

  readChunks(limit: number): AsyncIterable<Uint8Array> {
    this.#askForBody(limit);
    return readChunks(this.#context.env.incoming, { limit });
  }

  /** A client that asks first (RFC 9110, 10.1.1) need not send what would be refused anyway. */
  #askForBody(limit: number): void {
    const { incoming, outgoing } = this.#context.env;
    const { expect, 'content-length': length } = incoming.headers;
    if (expect === undefined || Number(length ?? 0) > limit) return;
    if (/(?:^|\W)100-continue(?:$|\W)/i.test(expect)) outgoing.writeContinue();
  }
}

/** Not what was added to `Object.prototype`, from which Node's headers inherit. */
function ownHeader(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}
