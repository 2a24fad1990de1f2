import { ApiError, isApiError } from '../contract/api-error.ts';
import { failureAnswer, type Answer, type Handler } from './answer.ts';
import type { HttpDeps } from './http-deps.ts';
import type { HttpRequest } from './http-request.ts';

export type AnswerDeps = Pick<HttpDeps, 'settings' | 'logs' | 'state'>;

/**
 * Runs one handler and completes its answer: refusals become envelopes, every answer gets its headers and
 * its log line. All cross-cutting steps are here, so that any way into the service has the same ones.
 * Never rejects.
 */
export async function answerRequest(
  deps: AnswerDeps,
  handler: Handler<HttpRequest>,
  request: HttpRequest,
): Promise<Answer> {
  let answer: Answer;
  try {
    answer = await handler(request);
  } catch (thrown) {
    const { path: endpoint, requestId } = request;
    answer = failureAnswer(toRefusal(deps, request, thrown), {
      endpoint,
      requestId,
      debug: deps.settings().debug,
    });
  }
  const durationMs = performance.now() - request.startedAt;
  logRequest(deps, request, { answer, durationMs });
  return {
    ...answer,
    headers: {
      ...answer.headers,
      'x-request-id': request.requestId,
      'x-process-time': (durationMs / 1000).toFixed(6),
      'x-generation': String(request.snapshot.generation),
      // While stopping, also answers of calls that began before: their connection ends with them.
      ...(deps.state() === 'stopping' ? { connection: 'close' } : {}),
    },
  };
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

function logRequest(
  deps: AnswerDeps,
  request: HttpRequest,
  { answer, durationMs }: { answer: Answer; durationMs: number },
): void {
  if (!deps.settings().enableRequestLogging) return;
  const { requestId, method, path, notes, snapshot } = request;
  deps.logs.request({
    requestId,
    method,
    endpoint: path,
    status: answer.status,
    ...(answer.code === undefined ? {} : { code: answer.code }),
    durationMs,
    generation: snapshot.generation,
    ...notes,
  });
}
