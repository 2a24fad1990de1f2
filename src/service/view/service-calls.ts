import { randomUUID } from 'node:crypto';
import type { CallOutcome } from '../../call/call-request.ts';
import { clientLeft } from '../../call/client-left.ts';
import type { Caller } from '../../call/call-function.ts';
import type { Config } from '../../config/schema.ts';
import { ApiError, toApiError } from '../../contract/api-error.ts';
import type { Principal, Role } from '../../contract/call-context.ts';
import { failureEnvelope } from '../../contract/envelope.ts';
import type { LogPort } from '../../contract/log-port.ts';
import type { Service, ServiceCallResult } from '../../contract/service.ts';
import { suggestPath } from '../../http/suggest-path.ts';
import type { Registry } from '../../registry/registry.ts';
import { toWireBody } from '../wire-body.ts';

export interface ServiceCallsOptions {
  readonly settings: () => Pick<Config, 'debug' | 'logResponseData'>;
  readonly registry: Registry;
  readonly caller: Caller;
  readonly logs: LogPort;
}

const ownRoles: readonly Role[] = ['business'];

/** Calls through the same path as every transport; `module` is the file that calls. */
export function createServiceCalls(options: ServiceCallsOptions): (module: string) => Service['call'] {
  return (module) =>
    async (endpoint, body, { roles = ownRoles, signal } = {}) => {
      const principal: Principal = { id: `service:${module}`, roles };
      return await call(options, { path: endpoint, body, principal, signal });
    };
}

interface OwnCall {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>> | undefined;
  readonly principal: Principal;
  readonly signal: AbortSignal | undefined;
}

async function call(options: ServiceCallsOptions, own: OwnCall): Promise<ServiceCallResult> {
  const { registry, settings, logs } = options;
  const { path, principal } = own;
  const requestId = randomUUID();
  const startedAt = performance.now();
  const { generation } = registry.current;
  const result = await run(options, own, requestId).then(
    (data): ServiceCallResult => ({ success: true, data }),
    (thrown: unknown) => toFailure(toApiError(thrown), { path, requestId, debug: settings().debug }),
  );
  logs.request({
    requestId,
    method: 'CALL',
    endpoint: path,
    status: result.success ? 200 : result.status,
    ...(result.success ? {} : { code: result.code }),
    durationMs: performance.now() - startedAt,
    principal: principal.id,
    generation,
    body: own.body,
    ...(result.success && settings().logResponseData ? { data: result.data } : {}),
  });
  return result;
}

/** @throws ApiError with what a client would have got */
async function run(
  { registry, caller }: ServiceCallsOptions,
  { path, body, principal, signal }: OwnCall,
  requestId: string,
): Promise<unknown> {
  const { endpoints, generation } = registry.current;
  const endpoint = endpoints.get(path);
  if (endpoint === undefined) {
    const meant = suggestPath(path, endpoints.keys());
    const hint = meant === undefined ? '' : `; did you mean '${meant}'?`;
    throw new ApiError('ENDPOINT_NOT_FOUND', `'${path}' is not served${hint}`);
  }
  const calling = caller.call({
    endpoint,
    generation,
    principal,
    body: readBody(body),
    requestId,
    signal,
  });
  const outcome = await unlessLeft(Promise.resolve(calling), signal);
  if (!outcome.ok) throw outcome.error;
  if (outcome.kind === 'value') return JSON.parse(outcome.json) as unknown;
  stopReading(outcome);
  const what = outcome.kind === 'stream' ? 'a stream' : 'a whole HTTP answer';
  throw new ApiError(
    'INVALID_REQUEST',
    `'${path}' gives ${what}, which service.call() does not give out; call it over HTTP`,
  );
}

function readBody(body: OwnCall['body']): Record<string, unknown> | undefined {
  try {
    return toWireBody(body);
  } catch (cause) {
    throw new ApiError('INVALID_REQUEST', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Who leaves waits no longer, whether the function looks at its signal or goes on. */
async function unlessLeft(
  calling: Promise<CallOutcome>,
  signal: AbortSignal | undefined,
): Promise<CallOutcome> {
  if (signal === undefined) return await calling;
  let leave: (() => void) | undefined;
  const left = new Promise<CallOutcome>((resolve) => {
    leave = () => resolve({ ok: false, error: clientLeft(signal.reason) });
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
  const outcome = await Promise.race([calling, left]);
  if (leave !== undefined) signal.removeEventListener('abort', leave);
  // What comes later is nobody's.
  if (!outcome.ok && signal.aborted) void calling.then((late) => (late.ok ? stopReading(late) : undefined));
  return outcome;
}

function stopReading(outcome: CallOutcome & { readonly ok: true }): void {
  if (outcome.kind === 'stream') outcome.stream.stop(clientLeft());
  else if (outcome.kind === 'response') outcome.response.body?.stop(clientLeft());
}

function toFailure(
  failure: ApiError,
  { path, ...about }: { path: string; requestId: string; debug: boolean },
): ServiceCallResult {
  const { error, code, details } = failureEnvelope(failure, { ...about, endpoint: path });
  return {
    success: false,
    status: failure.status,
    code,
    error,
    ...(details === undefined ? {} : { details }),
  };
}
