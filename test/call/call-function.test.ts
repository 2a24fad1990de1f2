import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createCaller, type Caller } from '../../src/call/call-function.ts';
import type { CallOutcome, CallRequest } from '../../src/call/call-request.ts';
import { ApiError } from '../../src/contract/api-error.ts';
import type { ApiFunctionOptions, RateLimit } from '../../src/contract/api-function.ts';
import type { CallContext, Principal } from '../../src/contract/call-context.ts';
import type { Endpoint } from '../../src/registry/snapshot.ts';
import { makeEndpoint, type EndpointSource } from '../http/make-endpoint.ts';
import { createMemoryLog } from '../http/memory-log.ts';

const ada: Principal = { id: 'business:0000ada0', roles: ['business'] };
const bob: Principal = { id: 'business:00000b0b', roles: ['business'] };
const settings: { functionTimeout: number; maxConcurrentCalls: number; rateLimit?: RateLimit } = {
  functionTimeout: 5,
  maxConcurrentCalls: 100,
};

let logs = createMemoryLog();
let caller: Caller;
let current: typeof settings;
beforeEach(() => {
  current = { ...settings };
  logs = createMemoryLog();
  caller = createCaller({ settings: () => current, logs });
});

const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
beforeEach(() => void process.on('unhandledRejection', onUnhandled));
afterEach(() => {
  process.off('unhandledRejection', onUnhandled);
  expect(unhandled.splice(0)).toEqual([]);
});

const endpoint = (source: EndpointSource): Endpoint => makeEndpoint('/demo/f', source);

function call(target: Endpoint, request: Partial<CallRequest> = {}): CallOutcome | Promise<CallOutcome> {
  return caller.call({
    endpoint: target,
    generation: 3,
    principal: ada,
    body: {},
    requestId: 'r1',
    ...request,
  });
}

async function data(target: Endpoint, body: unknown): Promise<unknown> {
  const outcome = await call(target, { body });
  if (!outcome.ok) throw outcome.error;
  if (outcome.kind !== 'value') throw new Error(`expected a value, got a ${outcome.kind}`);
  return JSON.parse(outcome.json);
}

async function code(outcome: CallOutcome | Promise<CallOutcome>): Promise<string> {
  const known = await outcome;
  return known.ok ? 'ok' : known.error.code;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function gate() {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), opened };
}

describe('arguments', () => {
  const text = z.string();
  const list = (...args: unknown[]): unknown[] => args.map((arg) => arg ?? 'missing');

  test('are positional, in the order of the parameters', async () => {
    const target = endpoint({ fn: list, parameters: { a: text, b: text.optional(), c: text } });
    expect(await data(target, { c: '3', a: '1' })).toEqual(['1', 'missing', '3']);
  });

  test('leave defaults to the function', async () => {
    const target = endpoint({ fn: (name = 'World') => name, parameters: { name: text.optional() } });
    expect(await data(target, undefined)).toBe('World');
  });

  test('spread a rest parameter', async () => {
    const target = endpoint({
      fn: list,
      parameters: { a: text, rest: z.array(text).optional() },
      rest: 'rest',
    });
    expect(await data(target, { a: '1', rest: ['2', '3'] })).toEqual(['1', '2', '3']);
    expect(await data(target, { a: '1' })).toEqual(['1']);
  });

  test('are the body itself in the object style', async () => {
    const fn = ({ a, b = 'two' }: { a: string; b?: string }): unknown => [a, b];
    const parameters = { a: text, b: text.optional() };
    expect(await data(endpoint({ fn, parameters, style: 'object' }), { a: '1' })).toEqual(['1', 'two']);
  });

  test('have the context at its place', async () => {
    const names = (...args: unknown[]): unknown[] =>
      args.map((arg) =>
        typeof arg === 'object' && arg !== null && 'requestId' in arg ? 'context' : (arg ?? 'missing'),
      );
    const parameters = { a: text.optional(), b: text.optional() };
    for (const [contextIndex, expected] of [
      [0, ['context', 'missing', '2']],
      [1, ['missing', 'context', '2']],
      [2, ['missing', '2', 'context']],
    ] as const) {
      expect(await data(endpoint({ fn: names, parameters, contextIndex }), { b: '2' })).toEqual(expected);
    }
    const spread = { fn: names, parameters: { rest: z.array(text) }, rest: 'rest', contextIndex: 0 };
    expect(await data(endpoint(spread), { rest: ['1', '2'] })).toEqual(['context', '1', '2']);
    const object = {
      fn: (_: object, ctx: CallContext) => ctx.requestId,
      parameters,
      style: 'object' as const,
      contextIndex: 1,
    };
    expect(await data(endpoint(object), {})).toBe('r1');
  });

  test('come without a `this`', async () => {
    const fn = function (this: unknown): unknown {
      return this === undefined;
    };
    expect(await data(endpoint({ fn }), {})).toBe(true);
  });
});

describe('synchronous functions', () => {
  test('are answered synchronously', () => {
    expect(call(endpoint({ fn: () => 1 }))).toEqual({ ok: true, kind: 'value', json: '1' });
    expect(
      call(
        endpoint({
          fn: () => {
            throw new ApiError('NO', 'no');
          },
        }),
      ),
    ).toMatchObject({ ok: false, error: { code: 'NO' } });
  });

  test('that blocked beyond their deadline are late', () => {
    const fn = (): void => {
      const end = performance.now() + 30;
      while (performance.now() < end);
    };
    expect(call(endpoint({ fn, options: { timeout: 0.01 } }))).toMatchObject({
      error: { code: 'FUNCTION_TIMEOUT' },
    });
  });
});

describe('asynchronous functions', () => {
  test('may return any thenable', async () => {
    const fn = () => ({ then: (resolve: (value: unknown) => void) => resolve([1n]) });
    expect(await data(endpoint({ fn }), {})).toEqual(['1']);
  });

  test.each<[thrown: unknown, message: string]>([
    [new Error('boom'), 'boom'],
    ['text', 'thrown: text'],
    [undefined, 'thrown: undefined'],
    [{ code: 1 }, 'thrown: {"code":1}'],
  ])('may throw anything: %s', async (thrown, message) => {
    const outcome = await call(endpoint({ fn: () => Promise.reject(thrown) }));
    expect(outcome).toMatchObject({ ok: false, error: { code: 'INTERNAL_ERROR', message } });
    expect(logs.of('error')).toMatchObject([
      { fields: { requestId: 'r1', endpoint: '/demo/f', generation: 3 } },
    ]);
    expect(logs.of('error')[0]?.fields['err']).toBe(thrown);
  });

  test("an author's own refusals are no failures, but own 5xx are", async () => {
    const refuse = (status: number) =>
      endpoint({
        fn: async () => {
          throw new ApiError('X', 'x', { status });
        },
      });
    expect(await code(call(refuse(404)))).toBe('X');
    expect(logs.of('error')).toHaveLength(0);
    expect(await code(call(refuse(502)))).toBe('X');
    expect(logs.of('error')).toHaveLength(1);
  });
});

describe('the deadline', () => {
  test('aborts the signal and answers, whatever the function does then', async () => {
    const { open, opened } = gate();
    let signal: AbortSignal | undefined;
    const fn = (ctx: CallContext): Promise<string> => {
      signal = ctx.signal;
      return opened.then(() => 'late');
    };
    const target = endpoint({ fn, contextIndex: 0, options: { timeout: 0.02 } });
    const outcome = await call(target);
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'FUNCTION_TIMEOUT', status: 504, message: "'/demo/f' did not answer within 0.02 s" },
    });
    expect(signal?.aborted).toBe(true);
    expect(signal?.reason).toMatchObject({ code: 'FUNCTION_TIMEOUT' });
    let idle = 0;
    target.instance.onIdle = () => idle++;
    expect({ idle, inFlight: target.instance.inFlight }).toEqual({ idle: 0, inFlight: 1 });
    open();
    await pause(0);
    expect({ idle, inFlight: target.instance.inFlight }).toEqual({ idle: 1, inFlight: 0 });
    expect(logs.of('error')).toEqual([]);
  });

  test('is the configuration’s when the function has none', async () => {
    current.functionTimeout = 0.02;
    expect(await code(call(endpoint({ fn: () => new Promise(() => {}) })))).toBe('FUNCTION_TIMEOUT');
  });

  test('a rejection after it reaches the log, and is never unhandled', async () => {
    const late = new Error('too late');
    const target = endpoint({
      fn: () => pause(40).then(() => Promise.reject(late)),
      options: { timeout: 0.01 },
    });
    expect(await code(call(target))).toBe('FUNCTION_TIMEOUT');
    while (target.instance.inFlight > 0) await pause(5);
    expect(logs.of('error')).toMatchObject([
      { message: "'/demo/f' failed after its deadline", fields: { err: late } },
    ]);
  });

  test('a function that only obeys its signal leaves no error in the log', async () => {
    const fn = (ctx: CallContext) =>
      new Promise((_, reject) =>
        ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason as Error)),
      );
    const target = endpoint({ fn, contextIndex: 0, options: { timeout: 0.01 } });
    expect(await code(call(target))).toBe('FUNCTION_TIMEOUT');
    await pause(5);
    expect(target.instance.inFlight).toBe(0);
    expect(logs.of('error')).toEqual([]);
  });

  test('may be longer than a timer of Node', async () => {
    const target = endpoint({ fn: () => pause(10).then(() => 1), options: { timeout: 1e9 } });
    expect(await code(call(target))).toBe('ok');
  });
});

describe('the client’s signal', () => {
  test('is not asked for by a function without context', async () => {
    let asked = 0;
    const request: CallRequest = {
      endpoint: endpoint({ fn: async (ctx: CallContext) => ctx.requestId, contextIndex: 0 }),
      generation: 1,
      principal: ada,
      body: {},
      requestId: 'r1',
      get signal() {
        asked++;
        return undefined;
      },
    };
    await caller.call(request);
    expect(asked).toBe(0);
  });

  test('reaches the function, and is let go of afterwards', async () => {
    const client = new AbortController();
    let signal: AbortSignal | undefined;
    const fn = async (ctx: CallContext): Promise<void> => void (signal = ctx.signal);
    await call(endpoint({ fn, contextIndex: 0 }), { signal: client.signal });
    client.abort();
    expect(signal?.aborted).toBe(false);

    const leaving = new AbortController();
    const obey = (ctx: CallContext) =>
      new Promise((_, reject) =>
        ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason as Error)),
      );
    const outcome = call(endpoint({ fn: obey, contextIndex: 0 }), { signal: leaving.signal });
    leaving.abort();
    expect(await code(outcome)).toBe('CLIENT_CLOSED_REQUEST');
    expect(logs.of('error')).toEqual([]);
  });
});

describe('concurrency', () => {
  const slow = (options: ApiFunctionOptions) => {
    const { open, opened } = gate();
    return { open, target: endpoint({ fn: () => opened, options }) };
  };

  test('of one function, across versions of it', async () => {
    const { open, target } = slow({ concurrency: 2 });
    const running = [call(target), call(target)];
    const next = endpoint({ fn: () => 1, options: { concurrency: 2 } });
    expect(await call(next)).toMatchObject({
      error: { code: 'OVERLOADED', headers: { 'Retry-After': '1' } },
    });
    open();
    await Promise.all(running);
    expect(await code(call(next))).toBe('ok');
  });

  test('of one function counts it until it has really ended', async () => {
    const { open, target } = slow({ concurrency: 1, timeout: 0.01 });
    expect(await code(call(target))).toBe('FUNCTION_TIMEOUT');
    expect(await code(call(target))).toBe('OVERLOADED');
    open();
    await pause(0);
    expect(await code(call(endpoint({ fn: () => 1, options: { concurrency: 1 } })))).toBe('ok');
  });

  test('of the process counts calls until they are answered', async () => {
    current.maxConcurrentCalls = 1;
    const { target } = slow({ timeout: 0.03 });
    const first = call(target);
    expect(await code(call(endpoint({ fn: () => 1 })))).toBe('OVERLOADED');
    expect(await code(first)).toBe('FUNCTION_TIMEOUT');
    expect(await code(call(endpoint({ fn: () => 1 })))).toBe('ok');
  });

  test('places come back from refusals and failures', async () => {
    current.maxConcurrentCalls = 1;
    const options = { concurrency: 1 };
    const strict = endpoint({
      fn: () => {
        throw new Error('x');
      },
      parameters: { a: z.string() },
      options,
    });
    for (const body of [{}, { a: 'x' }, [], { a: 1 }, { a: 'x' }]) {
      expect(await code(call(strict, { body }))).not.toBe('OVERLOADED');
    }
    expect(strict.instance.inFlight).toBe(0);
  });
});

describe('rate limits', () => {
  test('of the configuration count per principal, over all functions', async () => {
    current.rateLimit = { limit: 2, window: 60 };
    const one = makeEndpoint('/demo/one', { fn: () => 1 });
    const two = makeEndpoint('/demo/two', { fn: () => 2 });
    expect(await code(call(one))).toBe('ok');
    expect(await code(call(two))).toBe('ok');
    const outcome = await call(one);
    expect(outcome).toMatchObject({ error: { code: 'RATE_LIMITED', status: 429 } });
    if (!outcome.ok) expect(Number(outcome.error.headers['Retry-After'])).toBeGreaterThan(0);
    expect(await code(call(one, { principal: bob }))).toBe('ok');
    expect(one.instance.inFlight).toBe(0);
  });

  test('of a function count per principal and function, and replace the configuration’s', async () => {
    current.rateLimit = { limit: 1, window: 60 };
    const options = { rateLimit: { limit: 2, window: 60 } };
    const one = makeEndpoint('/demo/one', { fn: () => 1, options });
    const two = makeEndpoint('/demo/two', { fn: () => 2, options });
    for (const target of [one, one, two, two]) expect(await code(call(target))).toBe('ok');
    expect(await code(call(one))).toBe('RATE_LIMITED');
    expect(await code(call(one, { principal: bob }))).toBe('ok');
  });

  test('start anew with the window', async () => {
    const target = endpoint({ fn: () => 1, options: { rateLimit: { limit: 1, window: 0.05 } } });
    expect(await code(call(target))).toBe('ok');
    expect(await code(call(target))).toBe('RATE_LIMITED');
    await pause(80);
    expect(await code(call(target))).toBe('ok');
  });

  test('hold with windows longer than a timer of Node', async () => {
    const target = endpoint({ fn: () => 1, options: { rateLimit: { limit: 1, window: 1e9 } } });
    expect(await code(call(target))).toBe('ok');
    await pause(20);
    expect(await code(call(target))).toBe('RATE_LIMITED');
  });
});
