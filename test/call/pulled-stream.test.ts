import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCaller, type Caller } from '../../src/call/call-function.ts';
import type { CallOutcome, StreamOutcome } from '../../src/call/call-request.ts';
import { ApiError } from '../../src/contract/api-error.ts';
import type { ApiFunctionOptions } from '../../src/contract/api-function.ts';
import type { CallContext } from '../../src/contract/call-context.ts';
import type { Endpoint } from '../../src/registry/snapshot.ts';
import { makeEndpoint } from '../http/make-endpoint.ts';
import { createMemoryLog } from '../http/memory-log.ts';

let logs = createMemoryLog();
let caller: Caller;
const settings = { functionTimeout: 5, maxConcurrentCalls: 1 };
const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
beforeEach(() => {
  logs = createMemoryLog();
  caller = createCaller({ settings: () => settings, logs });
  process.on('unhandledRejection', onUnhandled);
});
afterEach(() => {
  process.off('unhandledRejection', onUnhandled);
  expect(unhandled.splice(0)).toEqual([]);
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const enough = new ApiError('ENOUGH', 'enough');
const done = { done: true };

function endpoint(fn: (ctx: CallContext) => unknown, options: ApiFunctionOptions = {}): Endpoint {
  return makeEndpoint('/demo/f', { fn, contextIndex: 0, options });
}

async function call(target: Endpoint): Promise<CallOutcome> {
  const principal = { id: 'business:0000ada0', roles: ['business'] as const };
  return caller.call({ endpoint: target, generation: 3, principal, body: {}, requestId: 'r1' });
}

async function open(target: Endpoint): Promise<StreamOutcome['stream']> {
  const outcome = await call(target);
  if (!outcome.ok) throw outcome.error;
  if (outcome.kind !== 'stream') throw new Error(`expected a stream, got a ${outcome.kind}`);
  return outcome.stream;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('it never came to be');
    await pause(1);
  }
}

describe('a stream', () => {
  test('gives its items, then done for ever; the call runs on until then', async () => {
    const target = endpoint(async function* () {
      yield 1;
      yield { two: 2 };
    });
    const stream = await open(target);
    expect(await stream.next()).toEqual({ value: '1' });
    expect(target.instance.inFlight).toBe(1);
    expect(await call(target)).toMatchObject({ ok: false, error: { code: 'OVERLOADED' } });
    expect(await stream.next()).toEqual({ value: '{"two":2}' });
    expect(await stream.next()).toEqual(done);
    expect(await stream.next()).toEqual(done);
    await stream.ended;
    expect(target.instance.inFlight).toBe(0);
    expect(await call(target)).toMatchObject({ ok: true });
  });

  test('asks for an item only when it is read', async () => {
    let asked = 0;
    const stream = await open(
      endpoint(() => ({
        [Symbol.asyncIterator]: () => ({ next: async () => ({ value: ++asked, done: false }) }),
      })),
    );
    await pause(10);
    expect(asked).toBe(1);
    await stream.next();
    await stream.next();
    expect(asked).toBe(2);
    stream.stop(enough);
    await stream.ended;
  });

  test('that is stopped tells the function and the reader that waits', async () => {
    let reason: unknown;
    let cleaned = false;
    const target = endpoint(async function* (ctx) {
      ctx.signal.addEventListener('abort', () => (reason = ctx.signal.reason));
      try {
        yield 1;
        await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve));
        yield 2;
      } finally {
        cleaned = true;
      }
    });
    const stream = await open(target);
    await stream.next();
    const waiting = stream.next();
    stream.stop(enough);
    stream.stop(new ApiError('SECOND', 'has no effect'));
    expect(await waiting).toEqual({ error: enough });
    expect(await stream.next()).toEqual(done);
    expect(reason).toBe(enough);
    await until(() => cleaned && target.instance.inFlight === 0);
  });

  test('that is stopped between two items gives the reason next', async () => {
    const stream = await open(
      endpoint(function* () {
        yield 1;
        yield 2;
      }),
    );
    stream.stop(enough);
    expect(await stream.next()).toEqual({ value: '1' });
    expect(await stream.next()).toEqual({ error: enough });
    expect(await stream.next()).toEqual(done);
  });

  test('that fails after it was stopped is logged, and never unhandled', async () => {
    const late = new Error('too late');
    const target = endpoint(async function* () {
      yield 1;
      await pause(10);
      throw late;
    });
    const stream = await open(target);
    await stream.next();
    const waiting = stream.next();
    stream.stop(enough);
    await waiting;
    await until(() => target.instance.inFlight === 0);
    expect(logs.of('error')).toMatchObject([
      { message: "'/demo/f' failed after its stream was closed", fields: { err: late, requestId: 'r1' } },
    ]);
  });

  test('that comes after the deadline is closed unread', async () => {
    let cleaned = false;
    const target = endpoint(
      async () => {
        await pause(30);
        return new ReadableStream({ cancel: () => void (cleaned = true) });
      },
      { timeout: 0.01 },
    );
    expect(await call(target)).toMatchObject({ ok: false, error: { code: 'FUNCTION_TIMEOUT' } });
    await until(() => cleaned && target.instance.inFlight === 0);
  });

  test('whose item blocks the process beyond the deadline is late, like one that waits', async () => {
    const stream = await open(
      endpoint(
        function* () {
          yield 1;
          const end = performance.now() + 60;
          while (performance.now() < end);
          yield 2;
        },
        { timeout: 0.05 },
      ),
    );
    await stream.next();
    expect(await stream.next()).toMatchObject({ error: { code: 'FUNCTION_TIMEOUT' } });
  });

  test('holds its place in the function’s own limit until it has really ended', async () => {
    let go = (): void => {};
    const opened = new Promise<void>((resolve) => {
      go = resolve;
    });
    const target = endpoint(
      async function* () {
        yield 1;
        await opened;
      },
      { concurrency: 1 },
    );
    const stream = await open(target);
    await stream.next();
    void stream.next();
    stream.stop(enough);
    await stream.ended;
    expect(await call(target)).toMatchObject({ error: { code: 'OVERLOADED' } });
    go();
    await until(() => target.instance.inFlight === 0);
    expect(await call(target)).toMatchObject({ ok: true, kind: 'stream' });
  });
});
