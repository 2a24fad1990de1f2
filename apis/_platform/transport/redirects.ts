import type { Hop } from './hop.ts';
import { readTarget, shownTarget, type Target } from './target.ts';
import { TransportFailure } from './transport-errors.ts';

const redirecting = new Set([301, 302, 303, 307, 308]);

/** Where an answer sends the request on to; undefined when it does not. @throws TransportFailure INVALID_REDIRECT */
export function redirectTarget({ status, headers }: Hop, from: Target): Target | undefined {
  const { location } = headers;
  if (!redirecting.has(status) || location === undefined) return undefined;
  try {
    return readTarget(new URL(location, from.href).href);
  } catch {
    throw new TransportFailure('INVALID_REDIRECT', { target: shownTarget(from), location });
  }
}

/** 303 asks for the answer by GET; after 301 and 302 a POST becomes one, as everybody does; 307 and 308 repeat the request. */
export function redirectedMethod(status: number, method: string): string {
  if (status === 303) return method === 'HEAD' ? 'HEAD' : 'GET';
  return (status === 301 || status === 302) && method === 'POST' ? 'GET' : method;
}
