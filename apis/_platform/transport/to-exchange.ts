import type { ReceivedResponse, Timings } from '../model/result.ts';
import type { Exchange, PreparedRequest } from '../model/transport.ts';
import type { Attempt } from './attempt.ts';
import { decodeBody } from './decode-body.ts';
import type { Hop } from './hop.ts';
import { storeBody } from './stored-body.ts';
import { readTarget, shownTarget } from './target.ts';
import { TransportFailure } from './transport-errors.ts';

/** What the last attempt gave, with the body decompressed, hashed and cut for storing. */
export async function toExchange(
  attempt: Attempt,
  options: { request: PreparedRequest; tries: number; keepBytes: number; limit: number },
): Promise<Exchange> {
  const { hop, draft } = attempt;
  if (draft === undefined || hop === undefined)
    return { ...unsentExchange(options.request, attempt.failure), attempts: options.tries };
  let { failure } = attempt;
  let body = hop.body.joined();
  const { contentEncoding } = hop.headers;
  if (contentEncoding !== undefined && failure === undefined && body.length > 0) {
    try {
      const target = shownTarget(draft.target);
      body = await decodeBody(body, { encoding: contentEncoding, limit: options.limit, target });
    } catch (error) {
      if (!(error instanceof TransportFailure)) throw error;
      failure = error;
    }
  }
  const exchange: Exchange = {
    request: draft.sent(options.keepBytes),
    timings: timingsOf(attempt, hop),
    attempts: options.tries,
  };
  if (hop.status !== 0) {
    exchange.response = responseOf(attempt, hop);
    exchange.response.body = storeBody(body, options.keepBytes, hop.headers.contentType);
    if (failure === undefined) exchange.body = body;
  }
  if (failure !== undefined) exchange.error = { code: failure.code, message: failure.message };
  return exchange;
}

/** For a request that never came to be sent. @throws what is no failure of the transport */
export function unsentExchange(request: PreparedRequest, error: unknown): Exchange {
  if (!(error instanceof TransportFailure)) throw error;
  let url = request.url;
  try {
    url = readTarget(url).href;
  } catch {
    // Shown as it was written.
  }
  return {
    request: { method: request.method, url, headers: request.headers },
    timings: { total: 0 },
    error: { code: error.code, message: error.message },
    attempts: 1,
  };
}

function responseOf({ redirects }: Attempt, hop: Hop): ReceivedResponse {
  const { connection, statusText } = hop;
  const response: ReceivedResponse = {
    status: hop.status,
    httpVersion: connection?.httpVersion ?? '1.1',
    headers: hop.headers.pairs,
  };
  if (statusText !== '') response.statusText = statusText;
  if (redirects.length > 0) response.redirects = redirects;
  if (connection?.remoteAddress !== undefined) response.remoteAddress = connection.remoteAddress;
  if (connection?.certificate !== undefined) response.certificate = connection.certificate;
  return response;
}

function timingsOf({ startedAt }: Attempt, hop: Hop): Timings {
  const { opening, sentAt, firstByteAt, endedAt } = hop;
  const timings: Timings = { total: rounded((endedAt || performance.now()) - startedAt) };
  if (opening?.dns !== undefined) timings.dns = rounded(opening.dns);
  if (opening?.connect !== undefined) timings.connect = rounded(opening.connect);
  if (opening?.tls !== undefined) timings.tls = rounded(opening.tls);
  if (firstByteAt !== 0) {
    timings.firstByte = rounded(Math.max(0, firstByteAt - sentAt));
    if (hop.failure === undefined) timings.download = rounded(endedAt - firstByteAt);
  }
  return timings;
}

/** To microseconds. */
function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1_000) / 1_000;
}
