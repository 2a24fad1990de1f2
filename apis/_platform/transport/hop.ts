import type { Dispatcher } from 'undici';
import type { ConnectionPool, Slot } from './connection-pool.ts';
import { headersLimit } from './connection-pool.ts';
import type { Connection } from './connection.ts';
import type { Deadlines, Timed } from './deadlines.ts';
import { ReceivedBody } from './received-body.ts';
import { readResponseHeaders, type ResponseHeaders } from './response-headers.ts';
import { shownTarget } from './target.ts';
import { toFailure } from './to-failure.ts';
import { TransportFailure, type TransportErrorCode } from './transport-errors.ts';

interface HopOptions {
  pool: ConnectionPool;
  deadlines: Deadlines;
  dispatchOptions: Dispatcher.DispatchOptions;
  connectTimeout: number;
  firstByteTimeout: number;
  totalTimeout: number;
  /** On the clock of `performance.now()`. */
  lateAt: number;
  bodyLimit: number;
  signal: AbortSignal;
}

const noHeaders: ResponseHeaders = { pairs: [] };

/**
 * One request over one connection, and its answer: the handler that undici calls. It never rejects: `failure` tells what
 * went wrong, beside what had arrived until then.
 */
export class Hop implements Timed, Dispatcher.DispatchHandler {
  deadline: number;
  place = -1;
  slot: Slot | undefined;
  settled = false;
  status = 0;
  statusText = '';
  headers: ResponseHeaders = noHeaders;
  readonly body = new ReceivedBody();
  failure: TransportFailure | undefined;
  connection: Connection | undefined;
  /** That of the connection, when this request opened it. */
  opening: Connection['opening'];
  /** Zero while nothing of the request was written. */
  sentAt = 0;
  firstByteAt = 0;
  endedAt = 0;
  readonly signal: AbortSignal;
  readonly connectTimeout: number;
  readonly dispatchOptions: Dispatcher.DispatchOptions;
  readonly #options: HopOptions;
  #abort: ((error?: Error) => void) | undefined;
  #resolve: ((hop: this) => void) | undefined;
  #released = false;

  constructor(options: HopOptions) {
    this.#options = options;
    this.signal = options.signal;
    this.connectTimeout = options.connectTimeout;
    this.dispatchOptions = options.dispatchOptions;
    this.deadline = options.lateAt;
  }

  /** Resolves when the whole answer is there, or none will be. */
  run(): Promise<this> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.#options.deadlines.watch(this);
      this.#options.pool.run(this);
    });
  }

  expire(now: number): void {
    const { lateAt, totalTimeout, firstByteTimeout } = this.#options;
    if (now >= lateAt) this.#fail(this.#failure('TIMEOUT', totalTimeout));
    else this.#fail(this.#failure('FIRST_BYTE_TIMEOUT', firstByteTimeout));
  }

  cancel(): void {
    this.#fail(new TransportFailure('CANCELLED'));
  }

  onConnect(abort: (error?: Error) => void): void {
    this.#abort = abort;
    // Called a second time, undici would send the request again, which is not its to decide.
    if (this.settled || this.sentAt !== 0) {
      abort(Object.assign(new Error('the connection was lost'), { code: 'UND_ERR_SOCKET' }));
      return;
    }
    this.sentAt = performance.now();
    this.connection = this.slot?.connection;
    this.opening = this.connection?.opening;
    if (this.connection !== undefined) this.connection.opening = undefined;
    this.#waitForFirstByte();
  }

  onRequestSent(): void {
    // A body that is read from a file takes its time.
    if (this.firstByteAt !== 0) return;
    this.sentAt = performance.now();
    this.#waitForFirstByte();
  }

  onResponseStarted(): void {
    if (this.firstByteAt !== 0) return;
    this.firstByteAt = performance.now();
    this.deadline = this.#options.lateAt;
  }

  // oxlint-disable-next-line max-params -- undici's signature
  onHeaders(status: number, headers: Buffer[], _resume: () => void, statusText: string): boolean {
    // 1xx tells of an answer to come.
    if (status < 200) return true;
    this.status = status;
    this.statusText = statusText;
    this.headers = readResponseHeaders(headers);
    this.body.announce(this.headers.contentLength);
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.body.size + chunk.length > this.#options.bodyLimit)
      this.#fail(this.#failure('RESPONSE_TOO_LARGE', this.#options.bodyLimit));
    else this.body.add(chunk);
    return true;
  }

  onComplete(): void {
    if (this.#isCutShort) this.failure = this.#failure('RESPONSE_CUT', 0);
    this.#settle();
    this.#release(false);
  }

  onError(error: Error): void {
    if (!this.settled) {
      const { target } = this.#options.pool.route;
      this.failure = toFailure(this.connection?.error ?? error, {
        target: shownTarget(target),
        host: target.hostname,
        answered: this.status !== 0,
        headersLimit,
      });
      this.#settle();
    }
    // A stream's end leaves its HTTP/2 connection as it is; what failed before it was sent may have left undici's queue in any state.
    this.#release(this.slot?.capacity === 1 || this.sentAt === 0);
  }

  /** Undici takes a reset HTTP/2 stream for a complete one; with HTTP/1.1 it sees to the length itself. */
  get #isCutShort(): boolean {
    const { contentLength } = this.headers;
    if (contentLength === undefined || this.connection?.httpVersion !== '2') return false;
    if (this.dispatchOptions.method === 'HEAD' || this.status === 304) return false;
    return Number(contentLength) !== this.body.size;
  }

  #waitForFirstByte(): void {
    this.deadline = Math.min(this.#options.lateAt, this.sentAt + this.#options.firstByteTimeout);
  }

  #fail(failure: TransportFailure): void {
    if (this.settled) return;
    this.failure = failure;
    this.#settle();
    if (this.#abort !== undefined) this.#abort(failure);
    // Nothing waits for this connection any more, unless other requests share it.
    else this.#release(this.slot?.capacity === 1);
  }

  #settle(): void {
    if (this.settled) return;
    this.settled = true;
    this.endedAt = performance.now();
    this.#options.deadlines.forget(this);
    this.#resolve?.(this);
  }

  #release(broken: boolean): void {
    if (this.slot === undefined || this.#released) return;
    this.#released = true;
    this.#options.pool.release(this.slot, broken);
  }

  #failure(code: TransportErrorCode, limit: number): TransportFailure {
    const { target } = this.#options.pool.route;
    return new TransportFailure(code, {
      target: shownTarget(target),
      limit,
      reason: `${this.body.size} of ${this.headers.contentLength ?? 'unknown'} bytes came`,
    });
  }
}
