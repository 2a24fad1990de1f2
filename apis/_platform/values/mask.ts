import type { Json } from '../model/json.ts';
import type { ReceivedResponse, RequestResult, SentRequest, StoredBody } from '../model/result.ts';
import { urlEncode } from './url-encode.ts';

/** Stands where a secret was. */
export const masked = '***';

/** Below this a secret is masked only where it stands as a word of its own, or every text would be full of `***`. */
const shortest = 4;

/**
 * Hides secret values wherever they appear in what a run stores: as they are, in JSON, URL-encoded and in base64,
 * also inside a longer text (as in HTTP Basic).
 */
export class Mask {
  readonly #secrets: readonly string[];
  readonly #forms: readonly string[];
  readonly #pattern: RegExp | undefined;

  constructor(secrets: Iterable<string>) {
    this.#secrets = [...new Set(secrets)].filter((secret) => secret !== '' && secret !== masked);
    this.#forms = [...new Set(this.#secrets.flatMap(formsOf))].sort((a, b) => b.length - a.length);
    this.#pattern =
      this.#forms.length === 0 ? undefined : new RegExp(this.#forms.map(toPattern).join('|'), 'g');
  }

  /** Whether nothing is masked. */
  get empty(): boolean {
    return this.#pattern === undefined;
  }

  /** This mask with further texts, or itself. */
  with(more: readonly string[]): Mask {
    const added = more.filter((text) => text !== '' && !this.#secrets.includes(text));
    return added.length === 0 ? this : new Mask([...this.#secrets, ...added]);
  }

  text(text: string): string {
    return this.#pattern === undefined ? text : text.replace(this.#pattern, masked);
  }

  json(value: Json): Json {
    if (this.#pattern === undefined || value === null || typeof value === 'boolean') return value;
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number') return this.#secrets.includes(String(value)) ? masked : value;
    if (Array.isArray(value)) return value.map((item) => this.json(item));
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [this.text(name), this.json(item)]),
    );
  }

  /** The result as it may be stored. */
  result(result: RequestResult): RequestResult {
    if (this.#pattern === undefined) return result;
    const { error, request, response } = result;
    return {
      ...result,
      ...(error ? { error: { code: error.code, message: this.text(error.message) } } : {}),
      ...(request ? { request: this.#request(request) } : {}),
      ...(response ? { response: this.#response(response) } : {}),
      assertions: result.assertions.map((assertion) => ({
        ...assertion,
        ...(assertion.expected === undefined ? {} : { expected: this.json(assertion.expected) }),
        ...(assertion.actual === undefined ? {} : { actual: this.json(assertion.actual) }),
        ...(assertion.message === undefined ? {} : { message: this.text(assertion.message) }),
      })),
      extractions: result.extractions.map((extraction) => ({
        ...extraction,
        ...(extraction.value === undefined ? {} : { value: this.json(extraction.value) }),
        ...(extraction.message === undefined ? {} : { message: this.text(extraction.message) }),
      })),
      variables: result.variables.map((used) => ({ ...used, value: this.json(used.value) })),
    };
  }

  #request(request: SentRequest): SentRequest {
    return {
      ...request,
      url: this.text(request.url),
      headers: this.#headers(request.headers),
      ...(request.body ? { body: this.#body(request.body) } : {}),
    };
  }

  #response(response: ReceivedResponse): ReceivedResponse {
    return {
      ...response,
      headers: this.#headers(response.headers),
      ...(response.body ? { body: this.#body(response.body) } : {}),
      ...(response.redirects
        ? { redirects: response.redirects.map((hop) => ({ ...hop, url: this.text(hop.url) })) }
        : {}),
    };
  }

  #headers(headers: [string, string][]): [string, string][] {
    return headers.map(([name, value]) => [name, this.text(value)]);
  }

  #body(body: StoredBody): StoredBody {
    if (body.text === undefined) return body;
    const text = this.text(body.text);
    return { ...body, text: body.truncated ? this.#withoutBeginning(text) : text };
  }

  /** Takes off a secret whose end was cut away. */
  #withoutBeginning(text: string): string {
    for (const form of this.#forms) {
      for (let length = Math.min(form.length - 1, text.length); length >= shortest; length -= 1) {
        if (text.endsWith(form.slice(0, length))) return text.slice(0, -length) + masked;
      }
    }
    return text;
  }
}

function formsOf(secret: string): string[] {
  if (secret.length < shortest) return [secret];
  const encoded = urlEncode(secret);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encoded,
    // RFC 3986 keeps these for other purposes, and some encode them.
    encoded.replaceAll(/[!'()*~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
    new URLSearchParams({ '': secret }).toString().slice(1),
    // What URL parsers leave as it is.
    asInUrl(secret),
    ...[0, 1, 2].flatMap((offset) => base64Core(secret, offset)),
  ];
}

function asInUrl(secret: string): string {
  const url = new URL('http://host/');
  url.search = `?${secret}`;
  return url.search.slice(1);
}

/** The letters that base64 gives for the secret when `offset` bytes (modulo 3) stand before it. */
function base64Core(secret: string, offset: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const from = Math.ceil((offset * 8) / 6);
  const to = Math.floor((bytes.length * 8) / 6);
  const core = bytes.toString('base64').slice(from, to);
  if (core.length < shortest) return [];
  return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
}

function toPattern(form: string): string {
  const escaped = form.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
  return form.length < shortest ? String.raw`(?<!\w)${escaped}(?!\w)` : escaped;
}
