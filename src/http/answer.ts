import type { ApiError } from '../contract/api-error.ts';
import { failureEnvelope, successEnvelopeText } from '../contract/envelope.ts';
import { toJsonText } from '../contract/to-json.ts';
import { toSafeHeaders } from './safe-headers.ts';

/** One HTTP answer as plain values. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Error code, for the log. */
  readonly code?: string;
}

/** Handles one request; throws `ApiError` to refuse it. */
export type Handler<Request> = (request: Request) => Answer | Promise<Answer>;

const json = { 'content-type': 'application/json; charset=UTF-8' } as const;

/** `dataJson`: the data as JSON text. */
export function successAnswer(dataJson: string, endpoint: string): Answer {
  return { status: 200, headers: json, text: successEnvelopeText(dataJson, endpoint) };
}

/** JSON without the envelope, for probes. */
export function plainAnswer(status: number, data: unknown): Answer {
  return { status, headers: json, text: JSON.stringify(data) };
}

export function failureAnswer(
  error: ApiError,
  about: { endpoint: string; requestId: string; debug: boolean },
): Answer {
  const envelope = failureEnvelope(error, about);
  return {
    status: error.status,
    headers: { ...toSafeHeaders(error.headers), ...json },
    text: envelopeText(envelope),
    code: error.code,
  };
}

/** `details` come from authors and may hold what JSON cannot: the error itself must still be told. */
function envelopeText(envelope: ReturnType<typeof failureEnvelope>): string {
  try {
    return toJsonText(envelope);
  } catch (thrown) {
    const details = `not shown: ${thrown instanceof Error ? thrown.message : 'they cannot be made into JSON'}`;
    return JSON.stringify({ ...envelope, details });
  }
}
