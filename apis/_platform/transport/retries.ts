import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestSettings, Retries } from '../model/request.ts';
import type { TransportFailure } from './transport-errors.ts';

/** What came of one try. */
export interface Tried {
  method: string;
  status: number;
  failure: TransportFailure | undefined;
  /** Whether anything of the request was written to a connection. */
  sent: boolean;
  retryAfter: string | undefined;
}

const defaultDelay = 200;
const longestDelay = 60_000;
const defaultStatuses: readonly number[] = [429, 502, 503, 504];
/** With these a server says that it did nothing. */
const unprocessedStatuses: readonly number[] = [429, 503];
const repeatable = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PUT',
  'DELETE',
  'QUERY',
  'PROPFIND',
  'REPORT',
  'SEARCH',
]);

/** Whether sending it twice does no more than once (RFC 9110, 9.2.2). */
export function isRepeatable(method: string): boolean {
  return repeatable.has(method);
}

/**
 * Milliseconds before the next try; undefined when there is none. A method that may not be repeated is tried again only
 * when the server got or did nothing, or when `retries.statuses` names the status.
 *
 * @param tries how many there were
 */
export function delayBeforeRetry(tried: Tried, tries: number, settings: RequestSettings): number | undefined {
  const { retries } = settings;
  if (retries === undefined || tries > retries.count || !isWorthRetrying(tried, retries)) return undefined;
  const backOff = Math.min(longestDelay, (retries.delay ?? defaultDelay) * 2 ** (tries - 1));
  const asked = readRetryAfter(tried.retryAfter);
  // A server that wants more patience than a run has is taken at its word.
  return asked > longestDelay ? undefined : Math.max(backOff, asked);
}

/** Waits; false when it was cancelled meanwhile. */
export async function wait(delay: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(delay, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}

function isWorthRetrying({ method, status, failure, sent }: Tried, { statuses }: Retries): boolean {
  if (failure !== undefined) {
    if (failure.repetition === 'never') return false;
    return failure.repetition === 'unsent' || !sent || isRepeatable(method);
  }
  if (statuses !== undefined) return statuses.includes(status);
  return (isRepeatable(method) ? defaultStatuses : unprocessedStatuses).includes(status);
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
function readRetryAfter(value: string | undefined): number {
  if (value === undefined) return 0;
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? 0 : Math.max(0, date - Date.now());
}
