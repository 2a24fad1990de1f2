/** What a token allows. Every valid token has `business`; admin tokens have `admin` too. */
export const roles = ['business', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Who calls. Never carries the token itself. */
export interface Principal {
  /** `<role>:<fingerprint>`: the first 8 hex digits of the token's SHA-256, stable across restarts. */
  readonly id: string;
  readonly roles: readonly Role[];
}

/** Log lines that carry the call's request id, endpoint and generation by themselves. */
export interface CallLogger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/**
 * What a function can learn about the call it serves. Declare a parameter of this type, anywhere in
 * the list: it is injected and is no part of the request body.
 *
 *     apiFunction(async (id: number, ctx: CallContext) => fetch(url, { signal: ctx.signal }))
 */
export interface CallContext {
  readonly requestId: string;
  /** `/<module>/<function>` */
  readonly endpoint: string;
  readonly principal: Principal;
  readonly log: CallLogger;
  /** Aborted at the function's deadline, or as soon as the client leaves. */
  readonly signal: AbortSignal;
  /** The generation that serves this call, from beginning to end. */
  readonly generation: number;
}
