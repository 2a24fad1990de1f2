import type { RequestResult } from '../model/result.ts';
import type { CookieJar, Exchange, PreparedRequest } from '../model/transport.ts';
import { Resolver } from '../values/resolver.ts';
import type { Variables } from '../values/variable.ts';
import { ValueError } from '../values/value-error.ts';
import type { CompiledChecks, CompiledRequest } from './compile-request.ts';
import { judgeExchange, type Outcome } from './judge-exchange.ts';
import type { Run } from './run.ts';
import type { RunScope } from './run-scope.ts';

/** Where a request stands in its run, and what is around it. */
export interface RequestPlace {
  iteration: number;
  path: string;
  name: string;
  scope: RunScope;
  jar: CookieJar | undefined;
  signal: AbortSignal;
}

/** How a request or call gets its answer. */
export interface Sender {
  checks: CompiledChecks;
  api: number | undefined;
  module: number | undefined;
  variables: Variables | undefined;
  /** Throws a ValueError for what cannot be sent. */
  send(resolver: Resolver): Promise<Exchange>;
  /** Whether the result fails though no check says so. */
  refused?(exchange: Exchange): { code: string; message: string } | undefined;
}

/** Sends one request, extracts and asserts. Its result is not handed out yet. */
export function runRequest(run: Run, request: CompiledRequest, place: RequestPlace): Promise<Outcome> {
  return runSender(
    run,
    {
      checks: request,
      api: request.api,
      module: request.module,
      variables: request.variables,
      send: async (resolver) => {
        const rendered = request.prepare(resolver, run.resolveFile);
        return transmit(run, rendered instanceof Promise ? await rendered : rendered, place);
      },
    },
    place,
  );
}

export async function runSender(run: Run, sender: Sender, place: RequestPlace): Promise<Outcome> {
  const { signal, jar } = place;
  const turn = run.pacer.turn(signal);
  if (turn) await turn;
  const startedAt = new Date().toISOString();
  /** Variables of this request alone, and what it extracts. */
  const nearest: Variables = new Map(sender.variables);
  const resolver = new Resolver(() => place.scope.layers(sender.module, nearest), {
    iteration: place.iteration,
  });
  const finish = (found: Found) =>
    run.mask
      .with(resolver.derived)
      .result(toResult(found, { place, api: sender.api, startedAt, variables: resolver.used }));
  const unsent = (status: 'error' | 'cancelled', error: { code: string; message: string }): Outcome => ({
    result: finish({ status, error, attempts: 0, assertions: skipped(sender.checks), extractions: [] }),
    extracted: [],
  });

  if (signal.aborted) return unsent('cancelled', cancelled);
  let exchange: Exchange;
  try {
    exchange = await sender.send(resolver);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    return unsent('error', { code: error.code, message: error.message });
  }
  const { attempts } = exchange;
  if (exchange.error) {
    const result = finish({
      status: signal.aborted ? 'cancelled' : 'error',
      error: signal.aborted ? cancelled : exchange.error,
      attempts,
      exchange,
      assertions: skipped(sender.checks),
      extractions: [],
    });
    return { result, extracted: [] };
  }
  const judged = await judgeExchange(run, [sender.checks, exchange], { resolver, nearest, jar, signal });
  const refused = judged.status === 'passed' ? sender.refused?.(exchange) : undefined;
  const result = finish({
    status: refused ? 'failed' : judged.status,
    error: refused,
    attempts,
    exchange,
    assertions: judged.assertions,
    extractions: judged.extractions,
  });
  return { result, extracted: judged.extracted };
}

interface Found extends Pick<RequestResult, 'status' | 'attempts' | 'assertions' | 'extractions'> {
  error?: RequestResult['error'] | undefined;
  /** What was sent, and what came. */
  exchange?: Exchange;
}

interface About extends Pick<RequestResult, 'startedAt' | 'variables'> {
  place: RequestPlace;
  api: number | undefined;
}

/**
 * Key by key: spreading such objects into one another makes V8 keep a description of the shape for each of them, which
 * is more than the result itself, and stays until the next full collection.
 */
function toResult(found: Found, { place, api, startedAt, variables }: About): RequestResult {
  const { error, exchange } = found;
  const result: RequestResult = {
    iteration: place.iteration,
    path: place.path,
    name: place.name,
    status: found.status,
    attempts: found.attempts,
    startedAt,
    assertions: found.assertions,
    extractions: found.extractions,
    variables,
  };
  if (api !== undefined) result.api = api;
  if (error !== undefined) result.error = error;
  if (exchange !== undefined) {
    result.request = exchange.request;
    if (exchange.response !== undefined) result.response = exchange.response;
    result.timings = exchange.timings;
  }
  return result;
}

async function transmit(run: Run, prepared: PreparedRequest, place: RequestPlace): Promise<Exchange> {
  const options = {
    signal: place.signal,
    keepBytes: run.keepBytes,
    ...(place.jar ? { jar: place.jar } : {}),
  };
  const began = performance.now();
  let exchange: Exchange;
  try {
    exchange = await run.parts.transport.send(prepared, options);
  } catch (error) {
    // Only a fault in the transport; the run goes on and shows it.
    const { method, url, headers } = prepared;
    return {
      request: { method, url, headers },
      timings: { total: performance.now() - began },
      error: { code: 'SEND_FAILED', message: String(error) },
      attempts: 1,
    };
  }
  // A token that was fetched is a secret that no variable knows.
  return prepared.auth.type === 'oauth2' ? withoutToken(exchange) : exchange;
}

function withoutToken(exchange: Exchange): Exchange {
  const headers = exchange.request.headers.map(([name, value]): [string, string] =>
    name.toLowerCase() === 'authorization' ? [name, value.replace(/ .*/s, ' ***')] : [name, value],
  );
  return { ...exchange, request: { ...exchange.request, headers } };
}

const cancelled = { code: 'CANCELLED', message: 'The run was cancelled.' };

function skipped({ assertions }: CompiledChecks): RequestResult['assertions'] {
  return assertions.map(({ name }) => ({ name, status: 'skipped' }));
}
