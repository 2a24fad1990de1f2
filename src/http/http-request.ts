import type { Snapshot } from '../registry/snapshot.ts';

/** What a request's log line says beyond its answer; handlers fill it in as they learn it. */
export interface RequestNotes {
  /** `Principal.id` */
  principal?: string;
  /** The parsed `body`, never the token beside it. */
  body?: unknown;
  /** What the function returned; only when response logging is on. */
  data?: unknown;
}

/** One HTTP request as plain values: handlers see neither Hono nor `node:http`. */
export interface HttpRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** As sent, without the `?`; may hold a token, so it must reach no log. */
  readonly query: string;
  readonly requestId: string;
  readonly remoteAddress: string | undefined;
  /** Stands for the connection that it came by. */
  readonly connection: object;
  /** When it came, by `performance.now()`. */
  readonly startedAt: number;
  /** What is served to this request, from beginning to end. */
  readonly snapshot: Snapshot;
  /** The route's own path; undefined for the one that serves functions. */
  readonly route: string | undefined;
  readonly notes: RequestNotes;
  /** Aborted when the client leaves; made on first use. */
  readonly signal: AbortSignal;
  /** `name` in lower case. */
  header(name: string): string | undefined;
  /**
   * The body, once. A client that waits for `100 Continue` is told to send it.
   *
   * @throws ApiError PAYLOAD_TOO_LARGE before more than `limit` bytes are kept; OVERLOADED when the process holds too
   * many already
   */
  readBytes(limit: number): Promise<Uint8Array>;
  /**
   * The same, piece by piece, for bodies that are not kept in memory.
   *
   * @throws ApiError PAYLOAD_TOO_LARGE after `limit` bytes at the latest
   */
  readChunks(limit: number): AsyncIterable<Uint8Array>;
}
