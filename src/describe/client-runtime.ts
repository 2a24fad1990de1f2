import { errorCodes } from '../contract/error-codes.ts';

/**
 * The part of every client that does not depend on what is served, as TypeScript text. It stands in strings,
 * not in a file of its own, because the package ships compiled files, which have no types left.
 *
 * Without template literals, so that the text reads here as it is sent.
 */
export function clientContract(): string {
  const codes = Object.entries(errorCodes).map(([code, { status }]) => `  ${code}: ${status},`);
  return contract.replace('  /* codes */', codes.join('\n'));
}

const contract = String.raw`
/** A date as ISO 8601 text: '2030-12-31T23:59:59.000Z'. */
export type DateText = string;
/** An absolute URL. */
export type UrlText = string;
/** An integer's decimal digits, because it may be too large for a number: BigInt(text) reads it. */
export type BigintText = string;
/** Bytes as base64. */
export type BytesText = string;

/** Sent as ISO 8601 text. */
export type DateInput = Date | string;
/** Sent as text. */
export type UrlInput = URL | string;
/** Sent as decimal digits; a number must be an integer. */
export type BigintInput = bigint | number | string;
/** Sent as base64; text is base64 already. */
export type BytesInput = Uint8Array | ArrayBuffer | string;

/** Of a function without parameters. */
export type NoArguments = Record<string, never>;

/** A token, or where to get one: asked before each call. */
export type Token = string | (() => string | undefined | Promise<string | undefined>);

export interface CallOptions {
  /** Ends the call, or the stream, when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Instead of the client's own. */
  readonly token?: Token | undefined;
  /** Beside the client's own, which they go before. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Milliseconds until the call is aborted with a DOMException 'TimeoutError': the whole call, but of a stream
   * or a Response only its beginning. Default: no limit beside the service's own.
   */
  readonly timeoutMs?: number | undefined;
}

export interface ClientOptions extends Omit<CallOptions, 'signal'> {
  /** 'http://127.0.0.1:8000', or '' in a page that the service's own origin serves. */
  readonly baseUrl: string | URL;
}

const statuses = {
  /* codes */
} as const;

/** Codes of the service itself, and UNEXPECTED_ANSWER for what cannot have come from it. */
export type KnownErrorCode = keyof typeof statuses | 'UNEXPECTED_ANSWER';

/** Functions may add codes of their own. */
export type ErrorCode = KnownErrorCode | (string & {});

/**
 * The service answered, but not with success. What keeps an answer from coming is not wrapped: fetch's
 * TypeError, or the reason of an aborted signal.
 */
export class ApiCallError extends Error {
  override readonly name: string = 'ApiCallError';
  readonly code: ErrorCode;
  /** HTTP status; for an error in the midst of a stream the one that belongs to the code. */
  readonly status: number;
  /** More about it: for VALIDATION_ERROR a list of {path, message, code}. */
  readonly details: unknown;
  /** '/module/function' */
  readonly endpoint: string;
  /** Names the request in the service's log. */
  readonly requestId: string | undefined;

  constructor(
    message: string,
    about: {
      readonly code: ErrorCode;
      readonly status: number;
      readonly endpoint: string;
      readonly details?: unknown;
      readonly requestId?: string | undefined;
    },
  ) {
    super(message);
    this.code = about.code;
    this.status = about.status;
    this.endpoint = about.endpoint;
    this.details = about.details;
    this.requestId = about.requestId;
  }
}
`;
