import type { ApiError } from './api-error.ts';
import { toJsonString } from './own-json.ts';

export interface SuccessEnvelope {
  readonly success: true;
  readonly data: unknown;
  readonly endpoint: string;
}

export interface FailureEnvelope {
  readonly success: false;
  readonly error: string;
  readonly code: string;
  readonly endpoint: string;
  readonly details?: unknown;
  /** On 5xx only: names the request in the log. */
  readonly requestId?: string;
}

/** The success envelope as JSON text; `dataJson` is the data, already JSON. */
export function successEnvelopeText(dataJson: string, endpoint: string): string {
  return `{"success":true,"data":${dataJson},"endpoint":${toJsonString(endpoint)}}`;
}

/** `debug: false` hides the message of an unexpected error, which may tell a stranger too much. */
export function failureEnvelope(
  error: ApiError,
  about: { endpoint: string; requestId: string; debug: boolean },
): FailureEnvelope {
  const hidden = error.code === 'INTERNAL_ERROR' && !about.debug;
  return {
    success: false,
    error: hidden ? 'Internal server error' : error.message,
    code: error.code,
    endpoint: about.endpoint,
    ...(error.details === undefined || hidden ? {} : { details: error.details }),
    ...(error.status >= 500 ? { requestId: about.requestId } : {}),
  };
}
