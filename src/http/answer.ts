import type { ApiError } from '../contract/api-error.ts';
import { failureEnvelope, successEnvelopeText, type FailureEnvelope } from '../contract/envelope.ts';
import { toJsonString } from '../contract/own-json.ts';
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

/** An answer whose body is made while it is sent. */
export interface StreamedAnswer {
  readonly status: number;
  readonly statusText?: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: AnswerBody;
}

/** By its own property: what was added to `Object.prototype` makes no stream of an answer. */
export function isStreamed<S extends StreamedAnswer>(answer: Answer | S): answer is S {
  return Object.hasOwn(answer, 'body');
}

export interface AnswerBody {
  /**
   * The next piece, or undefined at the end. One at a time.
   *
   * Rejects when the rest cannot be had: the connection is broken off then, so that the client sees it.
   */
  next(): Promise<string | Uint8Array | undefined>;
  /** Nobody reads on. */
  cancel(): void;
  /** What the log line says of it, once it is over. */
  summary(): BodySummary;
}

export interface BodySummary {
  /** Error code, when it did not end well. */
  readonly code?: string;
  /** How many items of a stream were sent. */
  readonly items?: number;
}

/** Handles one request; throws `ApiError` to refuse it. */
export type Handler<Request> = (
  request: Request,
) => Answer | StreamedAnswer | Promise<Answer | StreamedAnswer>;

export const soon = { 'retry-after': '1' } as const;
const none = {} as const;
const json = { 'content-type': 'application/json; charset=UTF-8' } as const;

/** `dataJson`: the data as JSON text. */
export function successAnswer(dataJson: string, endpoint: string): Answer {
  return { status: 200, headers: json, text: successEnvelopeText(dataJson, endpoint) };
}

/** JSON without the envelope, for probes. */
export function plainAnswer(status: number, data: unknown, headers: Answer['headers'] = none): Answer {
  return { status, headers: { ...headers, ...json }, text: toJsonString(data) };
}

export function failureAnswer(
  error: ApiError,
  about: { endpoint: string; requestId: string; debug: boolean },
): Answer {
  const envelope = failureEnvelope(error, about);
  return {
    status: error.status,
    headers: { ...retryAfter(error.status), ...toSafeHeaders(error.headers), ...json },
    text: envelopeText(envelope),
    code: error.code,
  };
}

/** Whoever is sent away for now is told for how long (RFC 9110, 15.6.4; RFC 6585, 4); seconds. */
function retryAfter(status: number): Readonly<Record<string, string>> {
  return status === 503 || status === 429 ? soon : none;
}

/** The failure envelope as JSON text. `details` come from authors and may hold what JSON cannot: the error itself must still be told. */
export function envelopeText(envelope: FailureEnvelope): string {
  try {
    return toJsonText(envelope);
  } catch (thrown) {
    const details = `not shown: ${thrown instanceof Error ? thrown.message : 'they cannot be made into JSON'}`;
    return toJsonString({ ...envelope, details });
  }
}
