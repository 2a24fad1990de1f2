import { createHash } from 'node:crypto';
import type { Json } from '../model/json.ts';
import type { StoredBody } from '../model/result.ts';
import type { Exchange } from '../model/transport.ts';
import { type CompiledValue, renderCompiled } from '../values/compiled-value.ts';
import type { Resolver } from '../values/resolver.ts';
import type { CompiledChecks } from './compile-request.ts';
import type { Run } from './run.ts';
import type { Sender } from './run-request.ts';

export interface CompiledCall {
  endpoint: string;
  arguments: CompiledValue;
  checks: CompiledChecks;
  /** Whether an assertion looks at the status, so that a refusal may be what is wanted. */
  judgesStatus: boolean;
  module: number | undefined;
}

/** A call of an own function, as an exchange: what it returns is the body, its status 200 or that of its error. */
export function callSender(run: Run, call: CompiledCall, signal: AbortSignal): Sender {
  return {
    checks: call.checks,
    api: undefined,
    module: call.module,
    variables: undefined,
    send: (resolver) => exchangeOf(run, call, { resolver, signal }),
    refused: ({ response, body }) => {
      if (call.judgesStatus || response === undefined || response.status < 400) return undefined;
      const { code, error } = JSON.parse(Buffer.from(body ?? []).toString()) as {
        code: string;
        error: string;
      };
      return { code, message: `${call.endpoint} answered ${response.status}: ${error}` };
    },
  };
}

async function exchangeOf(
  run: Run,
  call: CompiledCall,
  { resolver, signal }: { resolver: Resolver; signal: AbortSignal },
): Promise<Exchange> {
  const args = renderCompiled(call.arguments, resolver) as { [name: string]: Json };
  const began = performance.now();
  const outcome = await run.parts.callFunction(call.endpoint, args, { signal });
  const total = performance.now() - began;
  const answer = outcome.success
    ? (outcome.data ?? null)
    : { code: outcome.code, error: outcome.error, ...(outcome.details ? { details: outcome.details } : {}) };
  const body = Buffer.from(JSON.stringify(answer));
  const headers: [string, string][] = [['Content-Type', 'application/json']];
  return {
    request: {
      method: 'POST',
      url: call.endpoint,
      headers,
      body: storedBody(Buffer.from(JSON.stringify(args)), run.keepBytes),
    },
    response: {
      status: outcome.success ? 200 : outcome.status,
      httpVersion: 'call',
      headers,
      body: storedBody(body, run.keepBytes),
    },
    body,
    timings: { total },
    attempts: 1,
    ...(signal.aborted ? { error: { code: 'CANCELLED', message: 'The run was cancelled.' } } : {}),
  };
}

function storedBody(bytes: Buffer, keepBytes: number): StoredBody {
  return {
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    // A letter that was cut in two becomes U+FFFD.
    text: bytes.subarray(0, keepBytes).toString(),
    truncated: bytes.length > keepBytes,
  };
}
