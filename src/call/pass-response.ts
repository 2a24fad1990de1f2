import { ApiError } from '../contract/api-error.ts';
import type { PassedResponse } from './call-request.ts';
import { PulledStream } from './pulled-stream.ts';
import type { RunningCall } from './running-call.ts';
import { toByteSource } from './source.ts';

/**
 * Whether a value is a `Response`, also of another version of undici or of a library. The tag is a symbol,
 * which no JSON can bring.
 */
export function isResponse(value: unknown): value is Response {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof Response) return true;
  if (Object.prototype.toString.call(value) !== '[object Response]') return false;
  const { status, bodyUsed, headers } = value as Partial<Response>;
  return (
    typeof status === 'number' && typeof bodyUsed === 'boolean' && typeof headers?.entries === 'function'
  );
}

/**
 * A returned `Response` as it is passed on.
 *
 * @throws ApiError INTERNAL_ERROR when it cannot be sent: `Response.error()`, or a body that was read already
 */
export function passResponse(call: RunningCall, response: Response): PassedResponse {
  const { status, statusText } = response;
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw unfit(`expected a status from 200 to 599, got '${status}'`);
  }
  if (response.bodyUsed) throw unfit('its body was read already; return a new one, or a clone()');
  const headers = readHeaders(response);
  const body = response.body
    ? new PulledStream(call, { source: toByteSource(response.body), convert: toBytes })
    : undefined;
  return { status, statusText, headers, body };
}

function unfit(problem: string): ApiError {
  return new ApiError('INTERNAL_ERROR', `The returned Response cannot be sent: ${problem}`);
}

/** Codings that `fetch` takes off the body while it leaves the headers that tell of them. */
const decodedByFetch: ReadonlySet<string> = new Set(['gzip', 'x-gzip', 'deflate', 'br']);

function readHeaders(response: Response): readonly (readonly [string, string])[] {
  const headers = [...response.headers.entries()].map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  const encoding = response.headers.get('content-encoding');
  // Only responses that came from somewhere have a URL.
  if (encoding === null || response.url === '' || !isDecoded(encoding)) return headers;
  return headers.filter(([name]) => name !== 'content-encoding' && name !== 'content-length');
}

function isDecoded(encoding: string): boolean {
  return encoding.split(',').every((coding) => decodedByFetch.has(coding.trim().toLowerCase()));
}

function toBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  if (typeof chunk === 'string') return Buffer.from(chunk);
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
  throw new TypeError(`Response: expected bytes from its body, got '${typeof chunk}'`);
}
