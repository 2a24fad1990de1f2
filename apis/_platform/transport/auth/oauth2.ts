import type { Auth } from '../../model/request.ts';
import { TransportFailure } from '../transport-errors.ts';

export type OAuth2Auth = Extract<Auth, { type: 'oauth2' }>;

export interface TokenRequest {
  url: string;
  headers: [name: string, value: string][];
  /** A form. */
  text: string;
}

interface Token {
  value: string;
  /** Milliseconds. */
  until: number;
}

/** A token is left alone this long before it expires, or for a tenth of its life if that is shorter. */
const margin = 30_000;

/** The tokens of a run: each is asked for once, also when many requests need it at the same time, and again when it expires. */
export class OAuth2Tokens {
  readonly #tokens = new Map<string, Promise<Token>>();

  /**
   * @param ask sends the request for a token and gives status and body of the answer
   * @throws TransportFailure OAUTH2_TOKEN_FAILED
   */
  async token(
    auth: OAuth2Auth,
    ask: (request: TokenRequest) => Promise<{ status: number; body: string }>,
  ): Promise<string> {
    const key = JSON.stringify(auth);
    let pending = this.#tokens.get(key);
    if (pending !== undefined) {
      const known = await pending;
      if (Date.now() < known.until) return known.value;
      // Whoever finds it expired first asks for a new one.
      if (this.#tokens.get(key) === pending) this.#tokens.delete(key);
      pending = this.#tokens.get(key);
    }
    if (pending === undefined) {
      pending = ask(tokenRequest(auth)).then((answer) => readToken(auth.tokenUrl, answer));
      this.#tokens.set(key, pending);
      pending.catch(() => this.#tokens.delete(key));
    }
    return (await pending).value;
  }

  /** Forgets a token that a server did not take, so that the next request has a new one. */
  forget(auth: OAuth2Auth): void {
    this.#tokens.delete(JSON.stringify(auth));
  }
}

/** RFC 6749, 4.4.2 and 4.3.2, with the client shown as in 2.3.1. */
function tokenRequest(auth: OAuth2Auth): TokenRequest {
  const { clientId, clientSecret, scope } = auth;
  const form = new URLSearchParams();
  form.set('grant_type', auth.grant === 'password' ? 'password' : 'client_credentials');
  if (auth.grant === 'password') {
    form.set('username', auth.username ?? '');
    form.set('password', auth.password ?? '');
  }
  if (scope !== undefined && scope !== '') form.set('scope', scope);
  const headers: [string, string][] = [
    ['content-type', 'application/x-www-form-urlencoded'],
    ['accept', 'application/json'],
  ];
  if (auth.clientAuth === 'body' || clientSecret === undefined) {
    form.set('client_id', clientId);
    if (clientSecret !== undefined) form.set('client_secret', clientSecret);
  } else {
    const pair = `${formEncoded(clientId)}:${formEncoded(clientSecret)}`;
    headers.push(['authorization', `Basic ${Buffer.from(pair).toString('base64')}`]);
  }
  return { url: auth.tokenUrl, headers, text: form.toString() };
}

function readToken(url: string, { status, body }: { status: number; body: string }): Token {
  let answer: Record<string, unknown> = {};
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null) answer = value as Record<string, unknown>;
  } catch {
    // Told below, with the status.
  }
  const { access_token: token, expires_in: seconds, error, error_description: description } = answer;
  if (typeof token !== 'string' || token === '' || status < 200 || status > 299) {
    const said = [error, description].filter((text) => typeof text === 'string').join(': ');
    const reason = `it answered ${status}${said === '' ? ' without a token' : ` (${said})`}`;
    throw new TransportFailure('OAUTH2_TOKEN_FAILED', { url, reason });
  }
  const life = Number(seconds) * 1_000;
  return { value: token, until: life > 0 ? Date.now() + life - Math.min(margin, life / 10) : Infinity };
}

function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
