import type { Json } from '../model/json.ts';
import type { RequestResult, StoredBody, Timings } from '../model/result.ts';

/** The part of a HAR document before its entries. */
export function harHead(comment: string): string {
  const log = { version: '1.2', creator: { name: 'api-deploy', version: '1' }, comment };
  return `${JSON.stringify({ log }).slice(0, -2)},"entries":[`;
}

export const harTail = ']}}';

/** A stored result as an entry of a HAR document; undefined when nothing was sent. Secrets are masked as in the result. */
export function toHarEntry(result: RequestResult): Json | undefined {
  const { request, response } = result;
  if (request === undefined) return undefined;
  const query = URL.canParse(request.url) ? [...new URL(request.url).searchParams] : [];
  const contentType = headerOf(request.headers, 'content-type');
  return {
    startedDateTime: result.startedAt,
    time: result.timings?.total ?? 0,
    request: {
      method: request.method,
      url: request.url,
      httpVersion: `HTTP/${response?.httpVersion ?? '1.1'}`,
      cookies: [],
      headers: toPairs(request.headers),
      queryString: toPairs(query),
      ...(request.body === undefined
        ? {}
        : { postData: { mimeType: contentType, ...contentOf(request.body) } }),
      headersSize: -1,
      bodySize: request.body?.size ?? 0,
    },
    response: {
      status: response?.status ?? 0,
      statusText: response?.statusText ?? '',
      httpVersion: `HTTP/${response?.httpVersion ?? '1.1'}`,
      cookies: [],
      headers: toPairs(response?.headers ?? []),
      content: {
        size: response?.body?.size ?? 0,
        mimeType: headerOf(response?.headers ?? [], 'content-type'),
        ...(response?.body === undefined ? {} : contentOf(response.body)),
      },
      redirectURL: headerOf(response?.headers ?? [], 'location'),
      headersSize: -1,
      bodySize: -1,
      ...(result.error === undefined ? {} : { _error: result.error.message }),
    },
    cache: {},
    timings: toTimings(result.timings),
    ...(response?.remoteAddress === undefined
      ? {}
      : { serverIPAddress: response.remoteAddress.replace(/:\d+$/, '') }),
    comment: `${result.name} (${result.status}, iteration ${result.iteration}, ${result.path})`,
  };
}

function contentOf(body: StoredBody): { [key: string]: Json } {
  return {
    ...(body.text === undefined ? {} : { text: body.text }),
    ...(body.base64 === undefined ? {} : { text: body.base64, encoding: 'base64' }),
    ...(body.truncated ? { comment: `only the beginning of ${body.size} bytes` } : {}),
  };
}

function toPairs(pairs: readonly (readonly [string, string])[]): Json[] {
  return pairs.map(([name, value]) => ({ name, value }));
}

function headerOf(headers: readonly [string, string][], name: string): string {
  return headers.find(([one]) => one.toLowerCase() === name)?.[1] ?? '';
}

/** HAR writes -1 for what did not happen, and counts TLS into connecting. */
function toTimings(timings: Timings | undefined): Json {
  return {
    blocked: -1,
    dns: timings?.dns ?? -1,
    connect: timings?.connect === undefined ? -1 : timings.connect + (timings.tls ?? 0),
    ssl: timings?.tls ?? -1,
    send: 0,
    wait: timings?.firstByte ?? 0,
    receive: timings?.download ?? 0,
  };
}
