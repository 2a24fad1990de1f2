import { ApiError } from '../contract/api-error.ts';

export interface RequestEnvelope {
  readonly token: string | undefined;
  readonly body: unknown;
}

const known: ReadonlySet<string> = new Set(['token', 'body']);

/**
 * `{token, body}` of a parsed request; `more` are keys that may stand beside them.
 *
 * @throws ApiError INVALID_REQUEST; the token is never quoted
 */
export function readEnvelope(value: unknown, more: readonly string[] = []): RequestEnvelope {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const got = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
    throw invalidRequest(`expected a JSON object {"token", "body"}, got '${got}'`);
  }
  const unknown = Object.keys(value).filter((key) => !known.has(key) && !more.includes(key));
  if (unknown.length > 0) {
    const names = unknown.slice(0, 5).map((key) => `'${key.slice(0, 64)}'`);
    const more = unknown.length > 5 ? ` and ${unknown.length - 5} more` : '';
    throw invalidRequest(
      `expected only the keys 'token' and 'body', got ${names.join(', ')}${more}; parameters go inside 'body'`,
    );
  }
  // Own properties only: nobody may be let in by what was added to `Object.prototype`.
  const token = Object.hasOwn(value, 'token') ? (value as { token: unknown }).token : undefined;
  const body = Object.hasOwn(value, 'body') ? (value as { body: unknown }).body : undefined;
  if (token !== undefined && typeof token !== 'string') {
    throw invalidRequest(`token: expected a string, got '${token === null ? 'null' : typeof token}'`);
  }
  return { token, body };
}

function invalidRequest(message: string): ApiError {
  return new ApiError('INVALID_REQUEST', message);
}
