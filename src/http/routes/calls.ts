import { holdInstance } from '../../call/hold-instance.ts';
import type { CallOutcome } from '../../call/call-request.ts';
import { openStreamOf } from '../../call/open-stream-of.ts';
import { ApiError } from '../../contract/api-error.ts';
import type { Endpoint } from '../../registry/snapshot.ts';
import { allowMethods } from '../allow-methods.ts';
import { failureAnswer, successAnswer, type Answer, type Handler, type StreamedAnswer } from '../answer.ts';
import { HttpCall } from '../http-call.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { HttpRequest } from '../http-request.ts';
import type { OpenStreams } from '../open-streams.ts';
import type { Overload } from '../overload.ts';
import { createCallReader, type CallReader } from '../read-call.ts';
import { refuseWhenStopping } from '../refuse-when-stopping.ts';
import { responseAnswer } from '../response-answer.ts';
import { streamAnswer } from '../stream-answer.ts';
import { suggestPath } from '../suggest-path.ts';
import { sweepUploads } from '../uploads/sweep-uploads.ts';

export type CallDeps = Pick<
  HttpDeps,
  'settings' | 'registry' | 'caller' | 'authenticator' | 'logs' | 'meter' | 'state'
> & { readonly overload: Overload; readonly streams: OpenStreams };

/** What all calls share. */
interface Shared {
  readonly deps: CallDeps;
  readonly reader: CallReader;
}

/** `POST /<module>/<function>`: look up, decode, authenticate, call, encode. */
export function createCallRoute(deps: CallDeps): Handler<HttpRequest> {
  const shared: Shared = { deps, reader: createCallReader(deps) };
  sweepUploads().catch((err: unknown) => {
    deps.logs.system('warn', 'Files that killed processes have left behind could not be removed', { err });
  });
  return async (request) => {
    const endpoint = request.snapshot.endpoints.get(request.path);
    if (endpoint === undefined) throw notFound(request, deps);
    allowMethods(request, ['POST']);
    refuseForNow(deps);
    // From here on the module must live: reading a slow body may take longer than a reload.
    const release = holdInstance(endpoint.instance);
    try {
      return await answerCall(shared, request, endpoint);
    } finally {
      release();
    }
  };
}

async function answerCall(
  shared: Shared,
  request: HttpRequest,
  endpoint: Endpoint,
): Promise<Answer | StreamedAnswer> {
  const { deps, reader } = shared;
  const { discard, ...input } = await reader.read(request, endpoint);
  const outcome = await deps.caller.call(new HttpCall(request, endpoint, input));
  if (discard !== undefined) await discardFiles(discard, outcome);
  return toAnswer(deps, request, outcome);
}

/** @throws ApiError SHUTTING_DOWN, OVERLOADED */
export function refuseForNow({ state, overload }: Pick<CallDeps, 'state' | 'overload'>): void {
  refuseWhenStopping(state());
  overload.refuseCalls();
}

/** With the call, not with the function: one that outlives its deadline does not keep its files. */
async function discardFiles(discard: () => Promise<void>, outcome: CallOutcome): Promise<void> {
  const stream = openStreamOf(outcome);
  if (stream === undefined) await discard();
  else void stream.ended.then(discard);
}

/** What a call gave, as the answer to its request. */
export function toAnswer(
  { settings, streams }: Pick<CallDeps, 'settings' | 'streams'>,
  request: HttpRequest,
  outcome: CallOutcome,
): Answer | StreamedAnswer {
  const { debug, logResponseData } = settings();
  const about = { endpoint: request.path, requestId: request.requestId, debug };
  if (!outcome.ok) return failureAnswer(outcome.error, about);
  switch (outcome.kind) {
    case 'value':
      if (logResponseData) request.notes.data = JSON.parse(outcome.json) as unknown;
      return successAnswer(outcome.json, request.path);
    case 'stream':
      streams.add(outcome.stream);
      return streamAnswer(outcome.stream, { ...about, accept: request.header('accept') });
    case 'response':
      return responseAnswer(outcome.response);
    default: {
      const check: never = outcome;
      return check;
    }
  }
}

function notFound(request: HttpRequest, deps: CallDeps): ApiError {
  const { path } = request;
  const shown = path.length > 200 ? `${path.slice(0, 200)}…` : path;
  return new ApiError('ENDPOINT_NOT_FOUND', `'${shown}' is not served; ${notFoundHint(request, deps)}`);
}

/** Helps whoever mistyped the path, and whoever's module does not load. */
function notFoundHint({ path, snapshot }: HttpRequest, deps: CallDeps): string {
  const module = path.slice(1, Math.max(path.lastIndexOf('/'), 1));
  const failure = deps.registry.failures.find((candidate) => candidate.module === module);
  if (failure !== undefined) {
    const { file, line, cause } = failure;
    const place = line === undefined ? file : `${file}:${line}`;
    const why = deps.settings().debug ? `: ${place}: ${cause}` : '';
    return `the module '${module}' failed to load, see GET /${why}`;
  }
  if (deps.state() === 'starting') return 'the service is still starting';
  const meant = suggestPath(path, snapshot.endpoints.keys());
  return meant === undefined ? 'GET / lists every endpoint' : `did you mean '${meant}'?`;
}
