import type { IncomingMessage } from 'node:http';
import { ApiError } from '../contract/api-error.ts';

/** More header fields than this are refused; the parser bounds their bytes, not their number. */
export const maxHeaderFields = 200;

/** Targets that need a closer look: an escape, a dot, a fragment, a backslash, or no path at the beginning. */
const remarkable = /[%.#\\]|^[^/]/;

/** Nearly all hosts; others are looked at as the authority of a URL. */
const plainHost = /^[a-z\d._-]+(?::(?:\d{1,4}|[1-5]\d{4}))?$/i;

const dotSegment = /^(?:\.|%2e){1,2}$/i;

/**
 * What the parser lets pass although two readers could understand it differently: a proxy before this service,
 * and this service. Undefined for a request that means one thing.
 */
export function checkRequest(incoming: IncomingMessage): ApiError | undefined {
  return framingProblem(incoming) ?? fieldProblem(incoming) ?? targetProblem(incoming.url ?? '');
}

function framingProblem({ httpVersion, headers }: IncomingMessage): ApiError | undefined {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') {
    return invalid(`HTTP version: expected 1.1 or 1.0, got '${httpVersion}'`, 505);
  }
  const coding = headers['transfer-encoding'];
  if (coding === undefined) return undefined;
  // RFC 9112, 6.1: such framing is faulty.
  if (httpVersion === '1.0') return invalid('Transfer-Encoding: expected none in HTTP/1.0');
  return coding.toLowerCase() === 'chunked'
    ? undefined
    : invalid(`Transfer-Encoding: expected 'chunked', got '${coding.slice(0, 100)}'`, 501);
}

function fieldProblem({ httpVersion, headers, rawHeaders }: IncomingMessage): ApiError | undefined {
  if (headers.host === undefined && httpVersion !== '1.0') {
    return invalid('Host: expected the header, got none');
  }
  if (headers.host !== undefined && !isHost(headers.host)) {
    return invalid(
      `Host: expected a name or an address, and perhaps a port, got '${headers.host.slice(0, 100)}'`,
    );
  }
  if (rawHeaders.length > 2 * maxHeaderFields) {
    return invalid(`The request has too many headers: expected at most ${maxHeaderFields}`, 431);
  }
  const repeated = repeatedField(rawHeaders);
  return repeated === undefined ? undefined : invalid(`${repeated}: expected one line, got two`);
}

/** RFC 9110, 4.2.1 and 4.2.4: never empty, and without user information. */
function isHost(host: string): boolean {
  return plainHost.test(host) || (!/[@/?#\\\s]/.test(host) && URL.canParse(`http://${host}/`));
}

/** Of fields that `node:http` takes the first line of, while others take the last. */
function repeatedField(rawHeaders: readonly string[]): string | undefined {
  let seen = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    const bit = singleBit(name);
    if ((seen & bit) !== 0) return name;
    seen |= bit;
  }
  return undefined;
}

function singleBit(name: string): number {
  switch (name.length) {
    case 4:
      return name.toLowerCase() === 'host' ? 1 : 0;
    case 12:
      return name.toLowerCase() === 'content-type' ? 2 : 0;
    case 13:
      return name.toLowerCase() === 'authorization' ? 4 : 0;
    default:
      return 0;
  }
}

function targetProblem(target: string): ApiError | undefined {
  if (!remarkable.test(target)) return undefined;
  const shown = target.slice(0, 200).replace(/[?#].*$/s, '');
  if (target.includes('#')) {
    return invalid(`The request target '${shown}' goes on with a fragment: expected none`);
  }
  const authority = /^https?:\/\/([^/?]*)/i.exec(target);
  // RFC 9110, 4.2.4: user information in a URI is an error; it may hold a password, so it is not quoted.
  if (authority?.[1]?.includes('@') === true) {
    return invalid('The request target has user information: expected none');
  }
  const [path = ''] = target.slice(authority?.[0].length ?? 0).split('?', 1);
  if (path.includes('\\')) return invalid(`The request target '${shown}' has a backslash: expected none`);
  if (authority === null && !path.startsWith('/')) {
    return invalid(`The request target: expected a path or an http URL, got '${shown}'`);
  }
  if (!path.split('/').some((segment) => dotSegment.test(segment))) return undefined;
  return invalid(`The request target has '.' or '..' segments: expected none, got '${shown}'`);
}

function invalid(message: string, status = 400): ApiError {
  return new ApiError('INVALID_REQUEST', message, { status });
}
