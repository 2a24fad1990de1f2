import { isAscii, isUtf8 } from 'node:buffer';
import { ApiError } from '../contract/api-error.ts';
import { deepestJson, isDangerousKey } from '../contract/json-rules.ts';
import { parseJsonText } from '../contract/own-json.ts';
import type { PlainCheck } from '../contract/plain-check.ts';
import { countColons } from './count-colons.ts';
import { countKeys, repeatedKey } from './repeated-key.ts';

export interface ParsedJson {
  readonly value: unknown;
  /** Whether the `body` in it was seen to be plain. */
  readonly plain: boolean;
}

/**
 * JSON as this service accepts it: what could be understood in two ways is refused, not repaired (RFC 8259,
 * sections 4, 6 and 8).
 *
 * `check` is the one of the function that is called with the `body` in it.
 *
 * @throws ApiError INVALID_JSON, without quoting the text: it may hold a token
 */
export function parseJson(bytes: Uint8Array, check?: PlainCheck): ParsedJson {
  const text = decode(bytes);
  let value: unknown;
  try {
    value = parseJsonText(text);
  } catch (cause) {
    if (text.trim() === '') throw invalidJson(`it is empty, expected {"token": "…", "body": {…}}`);
    throw invalidJson(placeOf(cause, text), cause);
  }
  const plain = check !== undefined && isPlain(value, bytes, check);
  if (!plain) refuseRepeated(bytes, text, checkTree(value, 1));
  // UTF-8 has no surrogates: only an escape can bring a lone one.
  if (text.includes('\\u') && /\\u[dD][89a-fA-F]/.test(text)) refuseLoneSurrogates(value);
  return { value, plain };
}

function decode(bytes: Uint8Array): string {
  const buffer =
    bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isAscii(buffer)) return buffer.toString('latin1');
  const text = buffer.toString('utf8');
  // What is not UTF-8 was decoded to this character, which may also have been sent.
  if (text.includes('\ufffd') && !isUtf8(bytes)) throw invalidJson('it is not valid UTF-8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/**
 * Each key that was written has a colon. So when there are as many as keys were counted that the types name, there is
 * no other one, none twice, and nothing to look for: neither depth nor numbers nor dangerous names.
 */
function isPlain(value: unknown, bytes: Uint8Array, check: PlainCheck): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const hasBody = Object.hasOwn(value, 'body');
  const body = check.keysOf(hasBody ? (value as { body: unknown }).body : {});
  if (body === -1) return false;
  const keys = body + (hasBody ? 1 : 0) + (Object.hasOwn(value, 'token') ? 1 : 0);
  // Texts may have colons too.
  return countColons(bytes) === keys || countKeys(bytes) === keys;
}

/** V8's messages quote the source around the mistake; only the position may be told. */
function placeOf(cause: unknown, text: string): string {
  const message = cause instanceof Error ? cause.message : '';
  if (message.startsWith('Unexpected end')) return 'it ends too early';
  const position = / position (\d+)/.exec(message)?.[1];
  if (position === undefined) return 'its syntax is wrong';
  const before = text.slice(0, Number(position)).split('\n');
  return `its syntax is wrong at line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}

/** The number of keys of all objects. */
function checkTree(value: unknown, depth: number): number {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw invalidJson('a number is larger than a double can hold, expected at most about 1.8e308');
  }
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > deepestJson) throw invalidJson(`it is nested deeper than ${deepestJson} levels`);
  let count = 0;
  if (Array.isArray(value)) {
    for (const element of value) count += checkTree(element, depth + 1);
    return count;
  }
  const record = value as Record<string, unknown>;
  for (const key of Object.keys(record)) {
    if (isDangerousKey(key)) {
      throw invalidJson(`the key '${key}' is not accepted, at any depth`);
    }
    count += 1 + checkTree(record[key], depth + 1);
  }
  return count;
}

/** `JSON.parse` takes the last of several; a proxy that checks tokens may take the first. */
function refuseRepeated(bytes: Uint8Array, text: string, keys: number): void {
  if (countKeys(bytes) === keys) return;
  const key = repeatedKey(text);
  if (key !== undefined) throw invalidJson(`the key '${key.slice(0, 64)}' appears twice in one object`);
}

function refuseLoneSurrogates(value: unknown): void {
  if (typeof value === 'string') {
    // With `u`, pairs are one character: only lone ones are of this category.
    if (/\p{Surrogate}/u.test(value)) {
      throw invalidJson('a text has a lone surrogate (\\ud800 to \\udfff), which is no character');
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value)) {
      refuseLoneSurrogates(key);
      refuseLoneSurrogates(child);
    }
  }
}

function invalidJson(reason: string, cause?: unknown): ApiError {
  return new ApiError('INVALID_JSON', `The request body is not JSON that this service accepts: ${reason}`, {
    cause: cause instanceof Error ? cause.name : undefined,
  });
}
