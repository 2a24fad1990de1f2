import type { PassedResponse } from '../call/call-request.ts';
import type { StreamedAnswer } from './answer.ts';
import { ResponseBody } from './response-body.ts';
import { isSafeHeader } from './safe-headers.ts';

/** Headers of one connection, which is not the client's (RFC 9110, 7.6.1); the framing is `node:http`'s. */
const ofConnection: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** A function's `Response` as an answer: status, headers and body as they are. The runtime's own headers are added. */
export function responseAnswer({ status, statusText, headers, body }: PassedResponse): StreamedAnswer {
  return {
    status,
    ...(isReason(statusText) ? { statusText } : {}),
    headers: passHeaders(headers),
    body: new ResponseBody(body),
  };
}

function passHeaders(headers: PassedResponse['headers']): Record<string, string | string[]> {
  const named = headers.filter(([name]) => name === 'connection');
  const dropped = new Set(
    named.flatMap(([, value]) => value.split(',').map((name) => name.trim().toLowerCase())),
  );
  const passed: Record<string, string | string[]> = {};
  for (const [name, value] of headers) {
    if (ofConnection.has(name) || dropped.has(name) || !isSafeHeader(name, value)) continue;
    if (name === 'content-length' && !/^\d+$/.test(value)) continue;
    if (name === 'set-cookie') passed[name] = [...(passed[name] ?? []), value];
    else passed[name] = value;
  }
  return passed;
}

/** What may stand in a status line. */
function isReason(text: string): boolean {
  return text !== '' && /^[\t\x20-\x7e\x80-\xff]+$/.test(text);
}
