import { ApiError } from '../contract/api-error.ts';

export interface LimitAbout {
  /** The configuration key that sets the limit. */
  readonly key: 'bodyLimit' | 'uploadLimit';
  readonly got: string;
}

export function payloadTooLarge(limit: number, { key, got }: LimitAbout): ApiError {
  return new ApiError(
    'PAYLOAD_TOO_LARGE',
    `The request body is too large: expected at most ${limit} bytes, got '${got}'; '${key}' sets the limit`,
  );
}

/** 408 (RFC 9110, 15.5.9) */
export function arrivedTooLate(expected: string): ApiError {
  return new ApiError('INVALID_REQUEST', `The request did not arrive in time: expected ${expected}`, {
    status: 408,
  });
}
