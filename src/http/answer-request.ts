import { ApiError, isApiError } from '../contract/api-error.ts';
import { failureAnswer, isStreamed, type Answer, type Handler, type StreamedAnswer } from './answer.ts';
import { unmatched, type MeteredAnswer } from '../contract/meter.ts';
import type { HttpDeps } from './http-deps.ts';
import type { HttpRequest } from './http-request.ts';
import { isEnding } from './service-state.ts';
import type { StreamEnd } from './write-stream.ts';

const million = 1_000_000;

export type AnswerDeps = Pick<HttpDeps, 'settings' | 'logs' | 'meter' | 'state'>;

/** A streamed answer that is ready to be sent. */
export interface ReadyStream extends StreamedAnswer {
  /** Writes the log line; to be called once, when the answer is out or cannot be. */
  sent(end: StreamEnd): void;
}

/**
 * Runs one handler and completes its answer. Never rejects.
 */
export async function answerRequest(
  deps: AnswerDeps,
  handler: Handler<HttpRequest>,
  request: HttpRequest,
): Promise<Answer | ReadyStream> {
  let answer: Answer | StreamedAnswer;
  deps.meter.began();
  try {
    answer = await handler(request);
  } catch (thrown) {
    answer = refusedRequest(deps, request, thrown);
  }
  return completeAnswer(deps, request, answer);
}

/** The answer to a request whose handler threw. */
export function refusedRequest(deps: AnswerDeps, request: HttpRequest, thrown: unknown): Answer {
  const { path: endpoint, requestId } = request;
  const { debug } = deps.settings();
  return failureAnswer(toRefusal(deps, request, thrown), { endpoint, requestId, debug });
}

/**
 * Gives an answer its headers, counts it and writes its log line, a streamed one at its end. All cross-cutting steps
 * are here, so that any way into the service has the same ones.
 */
export function completeAnswer(
  deps: AnswerDeps,
  request: HttpRequest,
  answer: Answer | StreamedAnswer,
): Answer | ReadyStream {
  const durationMs = performance.now() - request.startedAt;
  const own = ownHeaders(deps, request, durationMs);
  if (isStreamed(answer))
    return readyStream(deps, request, { ...answer, headers: { ...answer.headers, ...own } });
  endRequest(deps, request, { status: answer.status, code: answer.code, durationMs });
  return { ...answer, headers: { ...answer.headers, ...own } };
}

function ownHeaders(deps: AnswerDeps, request: HttpRequest, durationMs: number): Record<string, string> {
  return {
    'x-request-id': request.requestId,
    'x-process-time': toProcessTime(durationMs),
    'x-generation': String(request.snapshot.generation),
    // While stopping, also answers of calls that began before: their connection ends with them.
    ...(isEnding(deps.state()) ? { connection: 'close' } : {}),
  };
}

/** As the header `X-Process-Time` has it: seconds, to the microsecond. `toFixed` costs several times as much. */
export function toProcessTime(durationMs: number): string {
  const microseconds = Math.round(durationMs * 1000);
  const seconds = Math.floor(microseconds / million);
  return `${seconds}.${String(million + microseconds - seconds * million).slice(1)}`;
}

function readyStream(deps: AnswerDeps, request: HttpRequest, answer: StreamedAnswer): ReadyStream {
  return {
    ...answer,
    sent(end) {
      const { code, items } = answer.body.summary();
      if (end.how === 'broken' && code === undefined) logUnsent(deps, request, end.cause);
      endRequest(deps, request, {
        ...(end.how === 'left'
          ? { status: 499, code: 'CLIENT_CLOSED_REQUEST' }
          : { status: answer.status, code: code ?? (end.how === 'broken' ? 'INTERNAL_ERROR' : undefined) }),
        items,
        durationMs: performance.now() - request.startedAt,
      });
    },
  };
}

function logUnsent(deps: AnswerDeps, { requestId, path, snapshot }: HttpRequest, err: unknown): void {
  const { generation } = snapshot;
  deps.logs.error('The runtime failed to send an answer', { err, requestId, endpoint: path, generation });
}

function toRefusal(deps: AnswerDeps, request: HttpRequest, thrown: unknown): ApiError {
  if (isApiError(thrown)) return thrown;
  const { requestId, path, snapshot } = request;
  deps.logs.error('The runtime failed to answer a request', {
    err: thrown,
    requestId,
    endpoint: path,
    generation: snapshot.generation,
  });
  const message = thrown instanceof Error ? thrown.message : 'The runtime failed';
  return new ApiError('INTERNAL_ERROR', message, { cause: thrown });
}

interface LoggedAnswer extends MeteredAnswer {
  readonly items?: number | undefined;
}

/** Counts the request, and writes its log line. */
export function endRequest(deps: AnswerDeps, request: HttpRequest, answer: LoggedAnswer): void {
  deps.meter.answered(labelOf(request), answer);
  logRequest(deps, request, answer);
}

/** Paths as strangers send them are no labels: there could be any number of them. */
function labelOf({ route, path, snapshot }: HttpRequest): string {
  return route ?? (snapshot.endpoints.has(path) ? path : unmatched);
}

function logRequest(
  deps: AnswerDeps,
  request: HttpRequest,
  { status, code, items, durationMs }: LoggedAnswer,
): void {
  if (!deps.settings().enableRequestLogging) return;
  const { requestId, method, path, notes, snapshot } = request;
  deps.logs.request({
    requestId,
    method,
    endpoint: path,
    status,
    ...(code === undefined ? {} : { code }),
    ...(items === undefined ? {} : { items }),
    durationMs,
    generation: snapshot.generation,
    ...notes,
  });
}
