import type { RequestSettings } from '../model/request.ts';
import type { PreparedRequest, SendOptions } from '../model/transport.ts';
import { authorize, type Credentials, type UsedAuth } from './auth/authorize.ts';
import type { ConnectionPool } from './connection-pool.ts';
import type { ConnectionPools } from './connection-pools.ts';
import type { Deadlines } from './deadlines.ts';
import { dispatchOptions } from './dispatch-options.ts';
import { Hop } from './hop.ts';
import type { OutgoingBody } from './outgoing-body.ts';
import { redirectedMethod, redirectTarget } from './redirects.ts';
import { RequestDraft } from './request-draft.ts';
import { isRepeatable } from './retries.ts';
import type { Target } from './target.ts';
import { TransportFailure } from './transport-errors.ts';

/** What the attempts of a transport share. */
export interface AttemptParts extends Credentials {
  pools: ConnectionPools;
  deadlines: Deadlines;
  bodyLimit: number;
}

const defaultTimeouts = { connect: 10_000, firstByte: 30_000, total: 60_000 } as const satisfies Required<
  NonNullable<RequestSettings['timeouts']>
>;
const defaultRedirects = 10;
/** A server may answer one challenge with another, newer one. */
const challengesAtMost = 2;

/** One try of a request: with its redirects, and the answer to a challenge. */
export class Attempt {
  readonly startedAt = performance.now();
  readonly redirects: { status: number; url: string }[] = [];
  readonly auth: UsedAuth;
  /** The last request that was made, and its answer. */
  draft: RequestDraft | undefined;
  hop: Hop | undefined;
  failure: TransportFailure | undefined;
  /** Whether a server may have got something of the request. */
  sent = false;
  readonly #parts: AttemptParts;
  readonly #request: PreparedRequest;
  readonly #options: SendOptions;
  readonly #origin: string;
  #method: string;
  #target: Target;
  #body: OutgoingBody | undefined;
  #describeBody = true;
  #credentials = true;
  #challenges = 0;
  #reconnected = false;
  #usedNonce: string | undefined;
  #visited: Set<string> | undefined;

  constructor(
    parts: AttemptParts,
    request: PreparedRequest,
    given: { options: SendOptions; method: string; target: Target; body: OutgoingBody | undefined },
  ) {
    this.#parts = parts;
    this.#request = request;
    this.#options = given.options;
    this.#method = given.method;
    this.#target = given.target;
    this.#origin = given.target.origin;
    this.#body = given.body;
    const { username, password } = given.target;
    const byUrl = request.auth.type === 'none' && username !== '';
    this.auth = byUrl ? { type: 'basic', username, password } : request.auth;
  }

  async run(): Promise<this> {
    try {
      let hop = await this.#send();
      while (this.#goesOn(hop)) hop = await this.#send();
      this.failure = hop.failure;
    } catch (error) {
      if (!(error instanceof TransportFailure)) throw error;
      this.failure = error;
    }
    return this;
  }

  async #send(): Promise<Hop> {
    const { settings } = this.#request;
    const kept = this.#parts.pools.poolFor(this.#target, settings);
    if (kept.checked !== undefined) await kept.checked;
    const { pool } = kept;
    const draft = new RequestDraft({
      method: this.#method,
      target: this.#target,
      body: this.#body,
      http2: pool.route.http2,
    });
    this.draft = draft;
    draft.addHeaders(this.#request.headers, {
      credentials: this.#credentials,
      describeBody: this.#describeBody,
    });
    if (this.#credentials && this.auth.type !== 'none') {
      const authorized = authorize(draft, this.auth, this.#parts);
      this.#usedNonce = authorized instanceof Promise ? await authorized : authorized;
    }
    if (this.#jar !== undefined) {
      const cookies = this.#jar.cookieHeader(this.#target.href);
      if (cookies !== undefined) draft.addCookies(cookies);
    }
    draft.finish();
    const hop = this.#hop(draft, pool);
    this.hop = hop;
    await hop.run();
    this.sent ||= hop.sentAt !== 0;
    return hop;
  }

  #hop(draft: RequestDraft, pool: ConnectionPool): Hop {
    const { settings } = this.#request;
    const { timeouts } = settings;
    const total = timeouts?.total ?? defaultTimeouts.total;
    return new Hop({
      pool,
      deadlines: this.#parts.deadlines,
      dispatchOptions: dispatchOptions(draft, pool),
      connectTimeout: timeouts?.connect ?? defaultTimeouts.connect,
      firstByteTimeout: timeouts?.firstByte ?? defaultTimeouts.firstByte,
      totalTimeout: total,
      lateAt: this.startedAt + total,
      bodyLimit: this.#parts.bodyLimit,
      signal: this.#options.signal,
    });
  }

  get #jar(): SendOptions['jar'] {
    return this.#request.settings.cookies === false ? undefined : this.#options.jar;
  }

  /** Whether the request is to be sent once more, perhaps to another address. */
  #goesOn(hop: Hop): boolean {
    if (hop.failure !== undefined) return this.#wasIdleTooLong(hop);
    const { setCookies } = hop.headers;
    if (setCookies !== undefined) this.#jar?.store(this.#target.href, setCookies);
    if (hop.status === 401 && this.#answersChallenge(hop)) return true;
    return hop.status >= 300 && hop.status < 400 && this.#follows(hop);
  }

  /** A kept connection may end just when it is used: that is no answer of the service. */
  #wasIdleTooLong(hop: Hop): boolean {
    const { failure, sentAt, firstByteAt, opening, connection } = hop;
    if (failure?.code !== 'CONNECTION_RESET' || this.#reconnected || !isRepeatable(this.#method))
      return false;
    this.#reconnected =
      sentAt !== 0 && firstByteAt === 0 && connection !== undefined && opening === undefined;
    return this.#reconnected;
  }

  #answersChallenge(hop: Hop): boolean {
    const { auth, draft } = this;
    if (draft === undefined || !this.#credentials) return false;
    if (auth.type === 'oauth2') this.#parts.forgetToken(auth);
    if (auth.type !== 'digest' || draft.authorized || this.#challenges >= challengesAtMost) return false;
    this.#challenges += 1;
    return this.#parts.digests.accept(draft, auth, {
      challenges: hop.headers.challenges ?? [],
      usedNonce: this.#usedNonce,
    });
  }

  /** @throws TransportFailure TOO_MANY_REDIRECTS, REDIRECT_LOOP, INVALID_REDIRECT */
  #follows(hop: Hop): boolean {
    const limit = this.#request.settings.redirects ?? defaultRedirects;
    if (limit === 0) return false;
    const next = redirectTarget(hop, this.#target);
    if (next === undefined) return false;
    this.#noteVisit(next);
    if (this.redirects.length >= limit)
      throw new TransportFailure('TOO_MANY_REDIRECTS', { limit, url: next.href });
    this.redirects.push({ status: hop.status, url: this.draft?.shownUrl ?? this.#target.href });
    const method = redirectedMethod(hop.status, this.#method);
    if (method !== this.#method) {
      this.#body = undefined;
      this.#describeBody = false;
    }
    this.#method = method;
    this.#target = next;
    // Once away from where they were meant for, credentials stay away.
    this.#credentials &&= next.origin === this.#origin;
    return true;
  }

  /** The same address with the same cookies gives the same answer. */
  #noteVisit(next: Target): void {
    const visit = (target: Target): string =>
      `${this.#method} ${target.href} ${this.#jar?.cookieHeader(target.href) ?? ''}`;
    this.#visited ??= new Set([`${this.#method} ${this.#target.href} ${this.draft?.cookies ?? ''}`]);
    const key = visit(next);
    if (this.#visited.has(key)) throw new TransportFailure('REDIRECT_LOOP', { url: next.href });
    this.#visited.add(key);
  }
}
