import { ApiError, isApiError } from '../../contract/api-error.ts';

/** An error as plain data, for another process. */
export interface WireError {
  readonly message: string;
  readonly stack: string | undefined;
  /** Of an `ApiError`. */
  readonly api?: {
    readonly code: string;
    readonly status: number;
    readonly details: unknown;
    readonly headers: Readonly<Record<string, string>>;
  };
}

export function toWireError(thrown: unknown): WireError {
  if (!(thrown instanceof Error)) return { message: String(thrown), stack: undefined };
  const { message, stack } = thrown;
  if (!isApiError(thrown)) return { message, stack };
  const { code, status, details, headers } = thrown;
  return { message, stack, api: { code, status, details, headers } };
}

export function fromWireError({ message, stack, api }: WireError): Error {
  const error =
    api === undefined
      ? new Error(message)
      : new ApiError(api.code, message, { status: api.status, details: api.details, headers: api.headers });
  if (stack !== undefined) error.stack = stack;
  return error;
}
