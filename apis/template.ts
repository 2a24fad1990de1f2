import { setTimeout as sleep } from 'node:timers/promises';
import { apiFunction, type CallContext } from 'api-deploy';

/**
 * Greets someone at once.
 *
 * @param name who to greet
 */
export const syncHello = apiFunction((name = 'World') => `Hello, ${name}!`);

/**
 * Greets someone after a while, without blocking other calls.
 *
 * @param name who to greet
 * @param delay how long to wait, in seconds
 */
export const asyncHello = apiFunction(async (name = 'World', delay = 0.5, ctx: CallContext) => {
  await sleep(delay * 1000, undefined, { signal: ctx.signal });
  return `Hello, ${name}! (after ${delay} s)`;
});
