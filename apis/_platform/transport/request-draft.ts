import type { SentRequest } from '../model/result.ts';
import { acceptedEncodings } from './decode-body.ts';
import type { OutgoingBody } from './outgoing-body.ts';
import type { Target } from './target.ts';

type Header = readonly [name: string, value: string];

/** Set by the transport itself, or by no client: left out where a request has them. */
const ownHeaders = new Set([
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'proxy-connection',
  'expect',
  'http2-settings',
]);
/** Meant for the first origin alone. */
const credentialHeaders = new Set(['authorization', 'cookie', 'proxy-authorization']);
const bodyHeaders = new Set(['content-type', 'content-encoding', 'content-language', 'content-location']);
const withEmptyBody = new Set(['POST', 'PUT', 'PATCH']);

/** A request as it goes out: `flat` is what undici sends, `shown` is the same with credentials masked. */
export class RequestDraft {
  readonly method: string;
  readonly body: OutgoingBody | undefined;
  readonly flat: string[] = [];
  readonly shown: [name: string, value: string][] = [];
  /** Changed where credentials go into the query. */
  target: Target;
  shownUrl: string;
  contentType: string | undefined;
  authorized = false;
  /** Whether the tester wrote the header `host`. */
  hasOwnHost = false;
  cookies = '';
  readonly #http2: boolean;

  constructor(options: { method: string; target: Target; body: OutgoingBody | undefined; http2: boolean }) {
    this.method = options.method;
    this.target = options.target;
    this.shownUrl = options.target.href;
    this.body = options.body;
    this.#http2 = options.http2;
    this.shown.push(['host', options.target.host]);
  }

  /** The headers of the request, and those that every request has unless it says otherwise. */
  addHeaders(headers: readonly Header[], options: { credentials: boolean; describeBody: boolean }): void {
    let accept = false;
    let acceptEncoding = false;
    let userAgent = false;
    for (const [name, value] of headers) {
      const key = name.toLowerCase();
      if (ownHeaders.has(key)) continue;
      if (!options.credentials && credentialHeaders.has(key)) continue;
      if (!options.describeBody && bodyHeaders.has(key)) continue;
      if (key === 'content-type') {
        this.contentType = this.body?.contentType ?? value;
        continue;
      }
      if (key === 'accept') accept = true;
      else if (key === 'accept-encoding') acceptEncoding = true;
      else if (key === 'user-agent') userAgent = true;
      else if (key === 'authorization') this.authorized = true;
      else if (key === 'host') {
        this.hasOwnHost = true;
        this.shown.shift();
      } else if (key === 'cookie') {
        this.addCookies(value);
        continue;
      } else if (this.#http2 && (key === 'connection' || key === 'te')) continue;
      this.add(name, value);
    }
    this.contentType ??= this.body?.contentType;
    if (this.contentType !== undefined) this.add('content-type', this.contentType);
    if (!accept) this.add('accept', '*/*');
    if (!acceptEncoding) this.add('accept-encoding', acceptedEncodings);
    if (!userAgent) this.add('user-agent', 'api-deploy');
  }

  /** @param shown what results show instead of a secret */
  add(name: string, value: string, shown = value): void {
    // oxlint-disable-next-line no-control-regex
    const sent = /[^\u0000-\u007f]/.test(value) ? Buffer.from(value).toString('latin1') : value;
    this.flat.push(this.#http2 ? name.toLowerCase() : name, sent);
    this.shown.push([name, shown]);
  }

  addCookies(cookies: string): void {
    this.cookies = this.cookies === '' ? cookies : `${this.cookies}; ${cookies}`;
  }

  /** Puts the cookies and the length of the body in. */
  finish(): void {
    if (this.cookies !== '') this.add('cookie', this.cookies, this.#shownCookies);
    const size = this.body === undefined && withEmptyBody.has(this.method) ? 0 : this.body?.size;
    if (size === undefined) return;
    // Undici knows the length of bytes, but not of a stream.
    if (size > 0) this.add('content-length', String(size));
    else this.shown.push(['content-length', '0']);
  }

  /** Hides the value of a cookie that is a credential. */
  maskCookie(pair: string, shown: string): void {
    this.#maskedCookie = { pair, shown };
  }

  sent(keepBytes: number): SentRequest {
    const body = this.body?.stored(keepBytes);
    const sent: SentRequest = { method: this.method, url: this.shownUrl, headers: this.shown };
    if (body !== undefined) sent.body = body;
    return sent;
  }

  #maskedCookie: { pair: string; shown: string } | undefined;

  get #shownCookies(): string {
    const masked = this.#maskedCookie;
    return masked === undefined ? this.cookies : this.cookies.replace(masked.pair, () => masked.shown);
  }
}
