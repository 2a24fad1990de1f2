import { isUtf8 } from 'node:buffer';
import { ApiError } from '../contract/api-error.ts';
import { parseJsonText } from '../contract/own-json.ts';
import { countKeys, repeatedKey } from './repeated-key.ts';

/** How deep arrays and objects of a request may nest, the outermost counted as 1. */
const maxDepth = 64;

/**
 * JSON as this service accepts it: what could be understood in two ways is refused, not repaired (RFC 8259,
 * sections 4, 6 and 8).
 *
 * @throws ApiError INVALID_JSON, without quoting the text: it may hold a token
 */
export function parseJson(bytes: Uint8Array): unknown {
  const buffer =
    bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoded = buffer.toString('utf8');
  // What is not UTF-8 was decoded to this character, which may also have been sent.
  if (decoded.includes('\ufffd') && !isUtf8(bytes)) throw invalidJson('it is not valid UTF-8');
  const text = decoded.charCodeAt(0) === 0xfeff ? decoded.slice(1) : decoded;
  let value: unknown;
  try {
    value = parseJsonText(text);
  } catch (cause) {
    if (text.trim() === '') throw invalidJson(`it is empty, expected {"token": "…", "body": {…}}`);
    throw invalidJson(placeOf(cause, text), cause);
  }
  refuseRepeated(bytes, text, checkTree(value, 1));
  // UTF-8 has no surrogates: only an escape can bring a lone one.
  if (text.includes('\\u') && /\\u[dD][89a-fA-F]/.test(text)) refuseLoneSurrogates(value);
  return value;
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
  if (depth > maxDepth) throw invalidJson(`it is nested deeper than ${maxDepth} levels`);
  let count = 0;
  if (Array.isArray(value)) {
    for (const element of value) count += checkTree(element, depth + 1);
    return count;
  }
  const record = value as Record<string, unknown>;
  for (const key of Object.keys(record)) {
    if (key === '__proto__' || key === 'constructor') {
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
