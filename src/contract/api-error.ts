import { statusOf, type ErrorCode } from './error-codes.ts';

/** Recognises our errors across module instances; a symbol cannot be forged by JSON. */
const brand = Symbol.for('api-deploy.ApiError');

export interface ApiErrorOptions {
  /** HTTP status, 400–599. Default: the code's own status, or 400 for a code of yours. */
  readonly status?: number;
  /** More for the client: any JSON value, sent as `details`. */
  readonly details?: unknown;
  /** Response headers, for example `{'Retry-After': '5'}`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Kept for the log, never sent. */
  readonly cause?: unknown;
}

/**
 * An error that the client is meant to read: its message, code and details are sent as they are.
 * Anything else that a function throws is answered as `INTERNAL_ERROR`.
 *
 *     throw new ApiError('ORDER_NOT_FOUND', `no order ${id}`, { status: 404 });
 *
 * @throws RangeError when `status` is not an integer from 400 to 599
 */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly details: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode | (string & {}), message: string, options: ApiErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    const status = options.status ?? statusOf(code);
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new RangeError(`ApiError status: expected an integer from 400 to 599, got '${status}'`);
    }
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
    this.details = options.details;
    this.headers = options.headers ?? {};
    Object.defineProperty(this, brand, { value: true });
  }
}

export function isApiError(value: unknown): value is ApiError {
  return typeof value === 'object' && value !== null && brand in value;
}

/** The one funnel for whatever a function threw: ours stay, all else becomes INTERNAL_ERROR with its cause kept. */
export function toApiError(thrown: unknown): ApiError {
  if (isApiError(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : `thrown: ${describe(thrown)}`;
  return new ApiError('INTERNAL_ERROR', message, { cause: thrown });
}

function describe(value: unknown): string {
  try {
    return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  } catch {
    return Object.prototype.toString.call(value);
  }
}
