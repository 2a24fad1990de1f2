import { isUtf8 } from 'node:buffer';
import { ApiError } from '../contract/api-error.ts';
import { parseJsonText } from '../contract/own-json.ts';
import type { HttpRequest } from './http-request.ts';

/** How deep arrays and objects of a request may nest, the outermost counted as 1. */
const maxDepth = 64;

const jsonType = /^application\/json\s*(?:;\s*charset\s*=\s*(?:utf-?8|"utf-?8")\s*)?;?\s*$/i;

/**
 * The parsed body of a request; an empty one without `Content-Type` counts as `{}`. `expected` names the
 * content types that the caller takes, for the refusal of others.
 *
 * @throws ApiError UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE or INVALID_JSON
 */
export async function readJsonBody(
  request: HttpRequest,
  limit: number,
  expected = `'application/json'`,
): Promise<unknown> {
  const type = request.header('content-type');
  if (type === undefined) {
    if (Number(request.header('content-length') ?? 0) > 0) throw unsupportedType(expected, undefined);
    const bytes = await request.readBytes(limit);
    if (bytes.length > 0) throw unsupportedType(expected, undefined);
    return {};
  }
  if (!jsonType.test(type)) throw unsupportedType(expected, type);
  const encoding = request.header('content-encoding');
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new ApiError('UNSUPPORTED_MEDIA_TYPE', `Content-Encoding: expected none, got '${encoding}'`);
  }
  return parseJson(await request.readBytes(limit));
}

/**
 * JSON as this service accepts it.
 *
 * @throws ApiError INVALID_JSON, without quoting the text: it may hold a token
 */
export function parseJson(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) throw invalidJson('it is not valid UTF-8');
  const decoded = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const text = decoded.charCodeAt(0) === 0xfeff ? decoded.slice(1) : decoded;
  if (text.trim() === '') throw invalidJson(`it is empty, expected {"token": "…", "body": {…}}`);
  let value: unknown;
  try {
    value = parseJsonText(text);
  } catch (cause) {
    throw invalidJson(placeOf(cause, text), cause);
  }
  checkTree(value, 1);
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

function checkTree(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > maxDepth) throw invalidJson(`it is nested deeper than ${maxDepth} levels`);
  if (Array.isArray(value)) {
    for (const element of value) checkTree(element, depth + 1);
    return;
  }
  const record = value as Record<string, unknown>;
  for (const key of Object.keys(record)) {
    if (key === '__proto__' || key === 'constructor') {
      throw invalidJson(`the key '${key}' is not accepted, at any depth`);
    }
    checkTree(record[key], depth + 1);
  }
}

function invalidJson(reason: string, cause?: unknown): ApiError {
  return new ApiError('INVALID_JSON', `The request body is not JSON that this service accepts: ${reason}`, {
    cause: cause instanceof Error ? cause.name : undefined,
  });
}

function unsupportedType(expected: string, got: string | undefined): ApiError {
  return new ApiError(
    'UNSUPPORTED_MEDIA_TYPE',
    `Content-Type: expected ${expected}, got '${got?.slice(0, 100) ?? 'none'}'`,
  );
}
