import type { Exchange, PreparedRequest, SendOptions, Transport } from '../model/transport.ts';
import { Attempt, type AttemptParts } from './attempt.ts';
import { DigestSessions } from './auth/digest-sessions.ts';
import { OAuth2Tokens, type OAuth2Auth, type TokenRequest } from './auth/oauth2.ts';
import { ConnectionPools } from './connection-pools.ts';
import { Deadlines } from './deadlines.ts';
import { openBody, textBody } from './outgoing-body.ts';
import { delayBeforeRetry, wait } from './retries.ts';
import { readTarget } from './target.ts';
import { createTargetGuard } from './target-guard.ts';
import { toExchange, unsentExchange } from './to-exchange.ts';
import { TransportFailure } from './transport-errors.ts';

export interface TransportOptions {
  /** Whether loopback and private addresses may be reached. Cloud metadata never may. */
  allowPrivate: boolean;
  /** Targets that may be reached although they are not public; see `TargetGuardOptions`. Default: none. */
  allow?: readonly string[];
  /** Bytes of a body, decompressed, that are taken in at most. Default: 64 MiB. */
  bodyLimit?: number;
  /** Connections to one origin at most; further requests wait. Default: 256. */
  connections?: number;
}

const defaults = { bodyLimit: 64 * 1_048_576, connections: 256 } as const;
const neverAborted = new AbortController().signal;

/**
 * A transport for a whole run: it keeps connections, digest challenges and OAuth2 tokens until it is closed.
 *
 * @throws Error when an entry of `allow` cannot be understood
 */
export function createTransport(options: TransportOptions): Transport {
  return new UndiciTransport(options);
}

class UndiciTransport implements Transport {
  readonly #deadlines = new Deadlines();
  readonly #pools: ConnectionPools;
  readonly #tokens = new OAuth2Tokens();
  readonly #digests = new DigestSessions();
  readonly #bodyLimit: number;
  #closed = false;

  constructor(options: TransportOptions) {
    const { allowPrivate, allow = [], bodyLimit, connections } = options;
    this.#bodyLimit = bodyLimit ?? defaults.bodyLimit;
    this.#pools = new ConnectionPools({
      guard: createTargetGuard({ allowPrivate, allow }),
      deadlines: this.#deadlines,
      connections: connections ?? defaults.connections,
    });
  }

  async send(request: PreparedRequest, options: SendOptions): Promise<Exchange> {
    const method = request.method.toUpperCase();
    try {
      if (this.#closed || options.signal.aborted) throw new TransportFailure('CANCELLED');
      if (method === 'CONNECT')
        throw new TransportFailure('INVALID_REQUEST', { reason: 'CONNECT opens a tunnel and has no answer' });
      const target = readTarget(request.url);
      const { body: given } = request;
      const body =
        given === undefined
          ? undefined
          : given.type === 'text'
            ? textBody(given.text)
            : await openBody(given, contentType(request));
      const parts = this.#partsFor(request);
      for (let tries = 1; ; tries += 1) {
        const attempt = await new Attempt(parts, request, { options, method, target, body }).run();
        const delay =
          request.settings.retries === undefined
            ? undefined
            : delayBeforeRetry(triedBy(attempt, method), tries, request.settings);
        const isLast = delay === undefined;
        if (!isLast && (await wait(delay, options.signal))) continue;
        if (!isLast) attempt.failure = new TransportFailure('CANCELLED');
        return await toExchange(attempt, {
          request,
          tries,
          keepBytes: options.keepBytes,
          limit: this.#bodyLimit,
        });
      }
    } catch (error) {
      return unsentExchange(request, error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#pools.close();
    this.#deadlines.stop();
  }

  #partsFor(request: PreparedRequest): AttemptParts {
    return {
      pools: this.#pools,
      deadlines: this.#deadlines,
      bodyLimit: this.#bodyLimit,
      digests: this.#digests,
      forgetToken: (auth) => this.#tokens.forget(auth),
      oauth2Token: (auth) => this.#tokens.token(auth, (asked) => this.#askForToken(asked, { auth, request })),
    };
  }

  /** Through the same guard, proxy and TLS settings. Other requests may wait for it, so that it is not cancelled with one. */
  async #askForToken(
    { url, headers, text }: TokenRequest,
    { auth, request }: { auth: OAuth2Auth; request: PreparedRequest },
  ): Promise<{ status: number; body: string }> {
    const { retries: _, ...settings } = request.settings;
    const { response, body, error } = await this.send(
      {
        method: 'POST',
        url,
        headers,
        body: { type: 'text', text },
        auth: { type: 'none' },
        settings: { ...settings, redirects: 0, cookies: false },
      },
      { signal: neverAborted, keepBytes: 0 },
    );
    if (error !== undefined || response === undefined)
      throw new TransportFailure('OAUTH2_TOKEN_FAILED', { url: auth.tokenUrl, reason: error?.message ?? '' });
    return { status: response.status, body: Buffer.from(body ?? []).toString('utf8') };
  }
}

function triedBy(attempt: Attempt, method: string): Parameters<typeof delayBeforeRetry>[0] {
  const { hop, failure, sent } = attempt;
  return { method, status: hop?.status ?? 0, failure, sent, retryAfter: hop?.headers.retryAfter };
}

function contentType({ headers }: PreparedRequest): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
}
