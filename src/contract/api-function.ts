import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { roles, type CallContext, type Role } from './call-context.ts';

/** Carries the options on the function itself, recognised across module instances. */
const brand: unique symbol = Symbol.for('api-deploy.function') as never;

export interface RateLimit {
  /** Calls allowed per principal and window. */
  readonly limit: number;
  /** Window length in seconds. */
  readonly window: number;
}

export interface ApiFunctionOptions {
  /**
   * Deadline in seconds; for a stream, until its first item and from one item to the next. Default:
   * `functionTimeout` of the configuration.
   */
  readonly timeout?: number;
  /** Roles that the token must have, all of them. Default: any valid token. */
  readonly roles?: readonly Role[];
  /** Calls of this function that may run at once; more are answered 503 OVERLOADED. Default: no limit of its own. */
  readonly concurrency?: number;
  /** Calls per principal. Default: `rateLimit` of the configuration. */
  readonly rateLimit?: RateLimit;
  /**
   * Checks the request's body in place of the signature. The function takes what it gives, as one object, and
   * the call context after it if it wants.
   */
  readonly input?: z.ZodType<Record<string, unknown>>;
  /** Whether the function is a tool at `/mcp`. Default: true; functions that take files never are. */
  readonly mcp?: boolean;
}

/** The mark that makes a function an endpoint. */
export interface ApiFunctionBrand {
  readonly [brand]: ApiFunctionOptions;
}

/**
 * Makes an exported function an endpoint: `export const f = apiFunction(fn)` in `apis/m.ts` serves
 * `POST /m/f`. Its parameters are the request's `body`, validated against their types.
 *
 * Returns `fn` itself, marked, so it stays callable from other modules and tests.
 *
 * @throws TypeError when `fn` is no function, is marked already with other options, or an option is out of range
 */
export function apiFunction<
  S extends z.ZodType<Record<string, unknown>>,
  F extends (input: z.output<S>, context: CallContext) => unknown,
>(fn: F, options: ApiFunctionOptions & { readonly input: S }): F & ApiFunctionBrand;
// `Function`, not `(...args: any[]) => unknown`: a contextual type with parameters would turn
// `(name = 'World') => …` into `(name: any)`; with `Function` the default gives its type.
// oxlint-disable-next-line typescript/no-unsafe-function-type
export function apiFunction<F extends Function>(
  fn: F,
  options?: ApiFunctionOptions & { readonly input?: never },
): F & ApiFunctionBrand;
// oxlint-disable-next-line typescript/no-unsafe-function-type
export function apiFunction(fn: Function, given: ApiFunctionOptions = {}): Function & ApiFunctionBrand {
  if (typeof fn !== 'function') {
    throw new TypeError(`apiFunction: expected a function, got '${fn === null ? 'null' : typeof fn}'`);
  }
  // Without a prototype: an option that was not given is not there, whatever `Object.prototype` is made to have.
  const options = Object.assign(Object.create(null) as ApiFunctionOptions, given);
  checkOptions(options);
  const earlier = apiFunctionOptions(fn);
  if (earlier !== undefined && !isDeepStrictEqual({ ...earlier }, { ...options })) {
    throw new TypeError(
      `apiFunction: '${fn.name || 'anonymous'}' is marked already with other options; wrap a new function instead, for example (...args) => ${fn.name || 'fn'}(...args)`,
    );
  }
  if (earlier === undefined) Object.defineProperty(fn, brand, { value: Object.freeze(options) });
  return fn as typeof fn & ApiFunctionBrand;
}

/** The options of a marked function, or undefined for anything else. */
export function apiFunctionOptions(value: unknown): ApiFunctionOptions | undefined {
  if (typeof value !== 'function' || !Object.hasOwn(value, brand)) return undefined;
  return (value as unknown as ApiFunctionBrand)[brand];
}

function checkOptions(options: ApiFunctionOptions): void {
  checkPositive('timeout', options.timeout);
  checkPositive('rateLimit.limit', options.rateLimit?.limit);
  checkPositive('rateLimit.window', options.rateLimit?.window);
  checkPositive('concurrency', options.concurrency);
  if (options.concurrency !== undefined && !Number.isInteger(options.concurrency)) {
    throw new TypeError(`apiFunction: concurrency: expected a whole number, got '${options.concurrency}'`);
  }
  if (options.mcp !== undefined && typeof options.mcp !== 'boolean') {
    throw new TypeError(`apiFunction: mcp: expected true or false, got '${String(options.mcp)}'`);
  }
  for (const role of options.roles ?? []) {
    if (!roles.includes(role)) {
      throw new TypeError(
        `apiFunction: roles: expected ${roles.map((r) => `'${r}'`).join(' or ')}, got '${role}'`,
      );
    }
  }
}

function checkPositive(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isFinite(value) && value > 0)) return;
  throw new TypeError(`apiFunction: ${name}: expected a number above 0, got '${value}'`);
}
