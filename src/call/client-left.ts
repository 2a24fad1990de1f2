import { ApiError } from '../contract/api-error.ts';

/**
 * The outcome of a call whose client has gone. Nobody receives it; it gives the log line an honest status
 * (499, as nginx has it) instead of a failure of ours.
 */
export function clientLeft(cause?: unknown): ApiError {
  return new ApiError('CLIENT_CLOSED_REQUEST', 'The client left before the answer', { status: 499, cause });
}
