import type * as rateLimiter from 'rate-limiter-flexible';
import { loadOwn } from '../contract/main-thread.ts';
import { ApiError, toApiError } from '../contract/api-error.ts';
import type { RateLimit } from '../contract/api-function.ts';
import type { Principal } from '../contract/call-context.ts';
import type { Endpoint } from '../registry/snapshot.ts';

/** The limiter expires its windows by timers, and Node's timers overflow beyond 2^31 - 1 ms. */
const longestWindow = 2_147_483;

export interface RateLimits {
  /**
   * Counts one call. Undefined at once when no limit applies; otherwise a promise of the refusal, or of
   * undefined. A function's own limit counts per principal and function; the configuration's, per
   * principal.
   */
  count(endpoint: Endpoint, principal: Principal): Promise<ApiError | undefined> | undefined;
}

/** Counts a call; gives the milliseconds until the next one is allowed, or undefined when this one is. */
export type CountElsewhere = (key: string, rule: RateLimit) => Promise<number | undefined>;

export function createRateLimits(
  common: () => RateLimit | undefined,
  countElsewhere?: CountElsewhere,
): RateLimits {
  const count = countElsewhere ?? createRateCounter();
  return {
    count(endpoint, principal) {
      const own = endpoint.options.rateLimit;
      const rule = own ?? common();
      if (rule === undefined) return undefined;
      const key = own === undefined ? principal.id : `${principal.id} ${endpoint.path}`;
      return refusalOf(count(key, rule), rule);
    },
  };
}

/** Most services have no limits, and start sooner without the library. */
const loadLibrary = (() => {
  let library: Promise<typeof rateLimiter> | undefined;
  return () => (library ??= loadOwn(() => import('rate-limiter-flexible')));
})();

/** Counts in this process. */
export function createRateCounter(): CountElsewhere {
  // By limit and window, not by function: a saved function keeps its counts unless the limit changed.
  const limiters = new Map<string, rateLimiter.RateLimiterMemory>();
  const limiterOf = (
    { limit, window }: RateLimit,
    library: typeof rateLimiter,
  ): rateLimiter.RateLimiterMemory => {
    const key = `${limit}/${window}`;
    let limiter = limiters.get(key);
    if (limiter === undefined) {
      limiter = new library.RateLimiterMemory({ points: limit, duration: Math.min(window, longestWindow) });
      limiters.set(key, limiter);
    }
    return limiter;
  };
  return async (key, rule) => {
    const library = await loadLibrary();
    try {
      await limiterOf(rule, library).consume(key);
      return undefined;
    } catch (refusal) {
      if (!(refusal instanceof library.RateLimiterRes)) throw refusal;
      return refusal.msBeforeNext;
    }
  };
}

async function refusalOf(
  counting: Promise<number | undefined>,
  rule: RateLimit,
): Promise<ApiError | undefined> {
  let wait: number | undefined;
  try {
    wait = await counting;
  } catch (error) {
    return toApiError(error);
  }
  if (wait === undefined) return undefined;
  const seconds = Math.max(1, Math.ceil(wait / 1000));
  return new ApiError(
    'RATE_LIMITED',
    `Too many calls: ${rule.limit} in ${rule.window} s are allowed; try again in ${seconds} s`,
    { headers: { 'Retry-After': String(seconds) } },
  );
}
