import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { PulledStream } from '../../src/call/pulled-stream.ts';
import { ApiError } from '../../src/contract/api-error.ts';
import type { CallContext } from '../../src/contract/call-context.ts';
import { ItemBody } from '../../src/http/item-body.ts';
import { chooseStreamFormat } from '../../src/http/stream-format.ts';
import type { EndpointSource } from './make-endpoint.ts';
import { openConnection } from './raw-connection.ts';
import { openAnswer, parseEvents, parseLines, type OpenAnswer } from './read-stream.ts';
import { businessToken, startApp, stopApp, type AppOptions, type RunningApp } from './start-app.ts';

let app: RunningApp;
let unhandled: unknown[] = [];
const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
beforeEach(() => {
  unhandled = [];
  process.on('unhandledRejection', onUnhandled);
});
afterEach(async () => {
  await stopApp(app);
  process.off('unhandledRejection', onUnhandled);
  expect(unhandled).toEqual([]);
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const done = { event: 'done', data: {} };
const datas = (...items: unknown[]) => items.map((data) => ({ event: 'data', data }));

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('it never came to be');
    await pause(2);
  }
}

function start(fn: EndpointSource['fn'], source: Partial<EndpointSource> = {}, options: AppOptions = {}) {
  return startApp({ ...options, endpoints: { '/demo/items': { fn, ...source }, ...options.endpoints } }).then(
    (running) => (app = running),
  );
}

function ask(headers: Record<string, string> = {}, body: unknown = {}): Promise<OpenAnswer> {
  return openAnswer(`${app.url}/demo/items`, {
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ token: businessToken, body }),
  });
}

const all = (answer: OpenAnswer): Promise<string> => answer.until(() => false);
const requestLines = () => app.logs.of('request').map((line) => line.fields);
const instance = () => app.endpoint('/demo/items').instance;

async function* count(to: number): AsyncGenerator<number> {
  for (let n = 1; n <= to; n++) yield n;
}

describe('items', () => {
  test('are events, with the headers of a stream', async () => {
    await start((to: number) => count(to), { parameters: { to: z.number() } });
    const answer = await ask({}, { to: 3 });
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-request-id': expect.any(String),
      'x-process-time': expect.any(String),
      'x-generation': '1',
    });
    expect(parseEvents(await all(answer))).toEqual([...datas(1, 2, 3), done]);
    await until(() => requestLines().length === 1);
    expect(requestLines()[0]).toMatchObject({ status: 200, items: 3, body: { to: 3 } });
    expect(requestLines()[0]).not.toHaveProperty('code');
    expect(instance().inFlight).toBe(0);
  });

  test('are JSON lines where the client prefers them', async () => {
    await start(() => count(2));
    const answer = await ask({ accept: 'application/x-ndjson' });
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(parseLines(await all(answer))).toEqual([{ data: 1 }, { data: 2 }, { done: true }]);
  });

  test.each([
    ['an async function of an async generator', async () => count(2)],
    ['an async iterable that is no generator', () => ({ [Symbol.asyncIterator]: () => count(2) })],
    [
      'a ReadableStream',
      () =>
        new ReadableStream({
          start(controller) {
            controller.enqueue(1);
            controller.enqueue(2);
            controller.close();
          },
        }),
    ],
    [
      'a generator',
      function* () {
        yield 1;
        yield Promise.resolve(2);
      },
    ],
    [
      'an iterator of a Map',
      () =>
        new Map([
          [1, 'a'],
          [2, 'b'],
        ]).keys(),
    ],
  ])('of %s', async (_, fn) => {
    await start(fn);
    expect(parseEvents(await all(await ask()))).toEqual([...datas(1, 2), done]);
  });

  test.each([
    ['an array', () => [1, 2], [1, 2]],
    ['a Set', () => new Set([1, 2]), [1, 2]],
    ['a Map', () => new Map([[1, 2]]), [[1, 2]]],
    ['a text', () => 'ab', 'ab'],
    [
      'an iterable of the author’s own',
      () => ({ size: 1, [Symbol.iterator]: () => [1][Symbol.iterator]() }),
      { size: 1 },
    ],
  ])('%s is a value, no stream', async (_, fn, data) => {
    await start(fn);
    const answer = await app.call('/demo/items');
    expect(answer.json).toEqual({ success: true, data, endpoint: '/demo/items' });
  });

  test('are made into JSON like any result', async () => {
    const when = new Date('2030-01-02T03:04:05Z');
    await start(async function* () {
      yield { when, big: 12n, tags: new Set(['a\nb']) };
      yield undefined;
      yield Buffer.from('hi');
    });
    const items = [{ when: when.toISOString(), big: '12', tags: ['a\nb'] }, null, 'aGk='];
    expect(parseEvents(await all(await ask()))).toEqual([...datas(...items), done]);
  });

  test('none at all is an end without items', async () => {
    await start(() => count(0));
    expect(parseEvents(await all(await ask()))).toEqual([done]);
    await until(() => requestLines().length === 1);
    expect(requestLines()[0]).toMatchObject({ status: 200, items: 0 });
  });

  test('10,000 quick ones arrive in order', async () => {
    await start(() => count(10_000));
    const events = parseEvents(await all(await ask()));
    expect(events.length).toBe(10_001);
    expect(events[9_999]).toEqual({ event: 'data', data: 10_000 });
    await until(() => requestLines().length === 1);
    expect(requestLines()[0]?.['items']).toBe(10_000);
  });

  test('of 20 MB arrive whole', async () => {
    const huge = 'x'.repeat(20_000_000);
    await start(async function* () {
      yield huge;
    });
    const [first, second] = parseEvents(await all(await ask()));
    expect(first?.data).toHaveLength(huge.length);
    expect(second).toEqual(done);
  });

  test('reach the client while the next one is awaited', async () => {
    let go = (): void => {};
    const opened = new Promise<void>((resolve) => {
      go = resolve;
    });
    await start(async function* () {
      yield 'first';
      await opened;
      yield 'second';
    });
    const answer = await ask();
    await answer.until((text) => text.includes('first'));
    expect(instance().inFlight).toBeGreaterThan(0);
    expect(requestLines()).toEqual([]);
    go();
    expect(parseEvents(await all(answer))).toEqual([...datas('first', 'second'), done]);
  });

  test('the connection is kept for the next call', async () => {
    await start(() => count(1), {}, { endpoints: { '/demo/hi': { fn: () => 'hi' } } });
    const connection = await openConnection(app.port);
    const body = JSON.stringify({ token: businessToken });
    const head = (path: string) =>
      `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    let received = '';
    connection.socket.on('data', (chunk: string) => (received += chunk));
    connection.send(head('/demo/items'));
    await until(() => received.includes('\r\n0\r\n\r\n'));
    connection.send(head('/demo/hi'));
    await until(() => received.includes('"data":"hi"'));
    connection.socket.destroy();
  });
});

describe('errors', () => {
  test.each([
    ['a thrown ApiError', () => new ApiError('NO_ITEMS', 'none today', { status: 404 }), 404, 'NO_ITEMS'],
    ['any other', () => new Error('broken'), 500, 'INTERNAL_ERROR'],
  ])('before the first item: %s is a usual answer', async (_, error, status, code) => {
    await start(async function* () {
      if (Date.now() > 0) throw error();
      yield 1;
    });
    const answer = await app.call('/demo/items');
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch('application/json');
    expect(answer.json).toMatchObject({ success: false, code, endpoint: '/demo/items' });
    expect(instance().inFlight).toBe(0);
  });

  test('after it: the failure envelope is the last event', async () => {
    await start(async function* () {
      yield 1;
      throw new ApiError('LATE', 'no more', { details: { left: 3 } });
    });
    expect(parseEvents(await all(await ask()))).toEqual([
      ...datas(1),
      {
        event: 'error',
        data: {
          success: false,
          error: 'no more',
          code: 'LATE',
          endpoint: '/demo/items',
          details: { left: 3 },
        },
      },
    ]);
    await until(() => requestLines().length === 1);
    expect(requestLines()[0]).toMatchObject({ status: 200, code: 'LATE', items: 1 });
    expect(app.logs.of('error')).toEqual([]);
  });

  test('are lines too, hide what strangers may not see, and are logged', async () => {
    await start(
      async function* () {
        yield 1;
        throw new Error('the password is 1234');
      },
      {},
      { config: { debug: false } },
    );
    const answer = await ask({ accept: 'application/x-ndjson' });
    expect(parseLines(await all(answer))).toEqual([
      { data: 1 },
      {
        error: {
          success: false,
          error: 'Internal server error',
          code: 'INTERNAL_ERROR',
          endpoint: '/demo/items',
          requestId: answer.headers.get('x-request-id'),
        },
      },
    ]);
    expect(app.logs.of('error')).toMatchObject([{ message: "'/demo/items' failed" }]);
  });

  test('an item that JSON cannot represent names its path, and the function is told', async () => {
    let cleaned = false;
    await start(async function* () {
      try {
        yield { price: 1 };
        yield { price: Number.NaN };
        yield { price: 3 };
      } finally {
        cleaned = true;
      }
    });
    const events = parseEvents(await all(await ask()));
    expect(events).toMatchObject([
      { event: 'data', data: { price: 1 } },
      {
        event: 'error',
        data: { code: 'INTERNAL_ERROR', error: expect.stringContaining('data.price is NaN') },
      },
    ]);
    expect(cleaned).toBe(true);
  });

  test('an iterator that throws in return() is logged and harms nobody', async () => {
    await start(() => ({
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ value: Symbol('no JSON'), done: false }),
        return: () => Promise.reject(new Error('return is broken')),
      }),
    }));
    expect((await app.call('/demo/items')).status).toBe(500);
    await until(() => instance().inFlight === 0);
    expect(app.logs.of('error').map(({ message }) => message)).toEqual([
      "'/demo/items' failed",
      "'/demo/items' failed while its stream was closed",
    ]);
  });

  test.each([
    [
      'next() that throws at once',
      {
        next: () => {
          throw new Error('at once');
        },
      },
      'at once',
    ],
    [
      'next() that gives no object',
      { next: () => 7 as never },
      "expected an iterator's next() to give an object, got '7'",
    ],
  ])('%s', async (_, iterator, error) => {
    await start(() => ({ [Symbol.asyncIterator]: () => iterator }));
    expect((await app.call('/demo/items')).json).toMatchObject({ code: 'INTERNAL_ERROR', error });
    expect(instance().inFlight).toBe(0);
  });

  test('a ReadableStream that somebody reads already', async () => {
    const stream = new ReadableStream();
    stream.getReader();
    await start(() => stream);
    expect((await app.call('/demo/items')).json).toMatchObject({ code: 'INTERNAL_ERROR', error: /locked/ });
  });
});

describe('the deadline', () => {
  const stuck = () => new Promise<never>(() => {});

  test('counts until the first item, from the call on', async () => {
    let signal: AbortSignal | undefined;
    await start(
      async (ctx: CallContext) => {
        signal = ctx.signal;
        await pause(30);
        return (async function* () {
          yield await stuck();
        })();
      },
      { contextIndex: 0, options: { timeout: 0.1 } },
    );
    const answer = await app.call('/demo/items');
    expect(answer.json).toMatchObject({ code: 'FUNCTION_TIMEOUT' });
    expect(answer.status).toBe(504);
    expect(signal?.aborted).toBe(true);
  });

  test('counts for each item, not for all together', async () => {
    await start(
      async function* () {
        for (let n = 1; n <= 6; n++) {
          await pause(30);
          yield n;
        }
        await stuck();
      },
      { options: { timeout: 0.12 } },
    );
    const events = parseEvents(await all(await ask()));
    expect(events.slice(0, 6)).toEqual(datas(1, 2, 3, 4, 5, 6));
    expect(events.slice(6)).toMatchObject([
      {
        event: 'error',
        data: { code: 'FUNCTION_TIMEOUT', error: "'/demo/items' gave no item within 0.12 s" },
      },
    ]);
  });

  test('does not count while a slow client reads', async () => {
    await start(
      async function* () {
        for (let n = 0; n < 40; n++) yield 'x'.repeat(500_000);
      },
      { options: { timeout: 0.1 } },
    );
    const answer = await ask();
    await answer.until((text) => text.length > 0);
    await pause(400);
    expect(parseEvents(await all(answer)).at(-1)).toEqual(done);
  });

  test('a function that ignores it keeps its module until it ends', async () => {
    let go = (): void => {};
    const opened = new Promise<void>((resolve) => {
      go = resolve;
    });
    await start(
      async function* () {
        yield 1;
        await opened;
      },
      { options: { timeout: 0.05, concurrency: 1 } },
    );
    expect(parseEvents(await all(await ask())).at(-1)?.data).toMatchObject({ code: 'FUNCTION_TIMEOUT' });
    await until(() => requestLines().length === 1);
    expect(instance().inFlight).toBe(1);
    expect((await app.call('/demo/items')).json).toMatchObject({ code: 'OVERLOADED' });
    go();
    await until(() => instance().inFlight === 0);
    expect((await ask()).status).toBe(200);
  });
});

describe('a client', () => {
  test('that leaves ends the function', async () => {
    let signal: AbortSignal | undefined;
    let cleaned = false;
    await start(
      async function* (ctx: CallContext) {
        signal = ctx.signal;
        try {
          for (let n = 0; ; n++) {
            yield n;
            await pause(5);
          }
        } finally {
          cleaned = true;
        }
      },
      { contextIndex: 0 },
    );
    const answer = await ask();
    await answer.until((text) => text.includes('data: 3'));
    await answer.leave();
    await until(() => cleaned && instance().inFlight === 0);
    expect(signal?.aborted).toBe(true);
    await until(() => requestLines().length === 1);
    expect(requestLines()[0]).toMatchObject({
      status: 499,
      code: 'CLIENT_CLOSED_REQUEST',
      items: expect.any(Number),
    });
    expect(app.logs.of('error')).toEqual([]);
  });

  test('that leaves while nothing comes cancels a ReadableStream at once', async () => {
    let cancelled = false;
    await start(
      () =>
        new ReadableStream({
          start: (controller) => controller.enqueue(1),
          pull: () => new Promise(() => {}),
          cancel: () => void (cancelled = true),
        }),
    );
    const answer = await ask();
    await answer.until((text) => text.includes('data: 1'));
    await answer.leave();
    await until(() => cancelled);
    expect(app.logs.of('error')).toEqual([]);
  });

  test('that leaves before the first item leaves nothing behind', async () => {
    let cleaned = false;
    await start(
      async function* (ctx: CallContext) {
        try {
          await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve));
          yield 1;
        } finally {
          cleaned = true;
        }
      },
      { contextIndex: 0 },
    );
    const connection = await openConnection(app.port);
    const body = JSON.stringify({ token: businessToken });
    connection.send(
      `POST /demo/items HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await until(() => instance().inFlight > 0);
    await pause(20);
    connection.socket.destroy();
    await until(() => cleaned && instance().inFlight === 0 && requestLines().length === 1);
    expect(requestLines()[0]).toMatchObject({ status: 499 });
  });

  test('that does not read holds the function back', async () => {
    let made = 0;
    await start(async function* () {
      for (;;) {
        made++;
        yield 'x'.repeat(100_000);
      }
    });
    const connection = await openConnection(app.port);
    connection.socket.pause();
    const body = JSON.stringify({ token: businessToken });
    connection.send(
      `POST /demo/items HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    let before = -1;
    while (made === 0 || made !== before) {
      before = made;
      await pause(100);
    }
    // What the kernel's buffers of both ends take, and not what the function could give.
    expect(made).toBeLessThan(500);
    connection.socket.destroy();
    await until(() => instance().inFlight === 0);
  });
});

test('streams hold a place among the calls until they end', async () => {
  await start(
    () => count(1e9),
    {},
    { config: { maxConcurrentCalls: 1 }, endpoints: { '/demo/hi': { fn: () => 1 } } },
  );
  const answer = await ask();
  await answer.until((text) => text !== '');
  expect((await app.call('/demo/hi')).json).toMatchObject({ code: 'OVERLOADED' });
  await answer.leave();
  await until(() => instance().inFlight === 0);
  expect((await app.call('/demo/hi')).status).toBe(200);
});

describe('while the service stops', () => {
  const ticks = async function* () {
    for (let n = 0; ; n++) {
      yield n;
      await pause(10);
    }
  };

  test('streams that do not end get their error, and their connections are closed in time', async () => {
    await start(ticks, {}, { config: { shutdownTimeout: 0.4 } });
    const answer = await ask();
    await answer.until((text) => text.includes('data: 1'));
    app.state = 'stopping';
    const drained = app.server.drain(5);
    expect(parseEvents(await all(answer)).at(-1)).toMatchObject({
      event: 'error',
      data: { success: false, code: 'SHUTTING_DOWN' },
    });
    expect(await drained).toEqual({ cut: 0 });
    await until(() => instance().inFlight === 0);
    expect(requestLines()[0]).toMatchObject({ status: 200, code: 'SHUTTING_DOWN' });
  });

  test('streams that do end are finished', async () => {
    await start(
      async function* () {
        for (let n = 0; n < 5; n++) {
          yield n;
          await pause(20);
        }
      },
      {},
      { config: { shutdownTimeout: 10 } },
    );
    const answer = await ask();
    await answer.until((text) => text.includes('data: 0'));
    app.state = 'stopping';
    const drained = app.server.drain(5);
    expect(parseEvents(await all(answer)).at(-1)).toEqual(done);
    expect(await drained).toEqual({ cut: 0 });
  });
});

test('silence is filled for the proxies between', async () => {
  app = await startApp();
  let give: (pull: { value: string }) => void = () => {};
  const stream = {
    next: () =>
      new Promise((resolve) => {
        give = resolve;
      }),
    stop: () => {},
  } as unknown as PulledStream<string>;
  const format = chooseStreamFormat(undefined);
  const body = new ItemBody(stream, { format, failure: () => '', keepAlive: 10 });
  expect(await body.next()).toBe(': keep-alive\n\n');
  expect(await body.next()).toBe(': keep-alive\n\n');
  const last = body.next();
  give({ value: '1' });
  expect(await last).toBe('event: data\ndata: 1\n\n');
  expect(body.summary()).toEqual({ items: 1 });
});

test.each([
  [undefined, 'event-stream'],
  ['', 'event-stream'],
  ['*/*', 'event-stream'],
  ['application/json', 'event-stream'],
  ['application/*', 'x-ndjson'],
  ['text/event-stream', 'event-stream'],
  ['application/x-ndjson', 'x-ndjson'],
  ['application/jsonl', 'x-ndjson'],
  ['Application/X-NDJSON; charset=utf-8', 'x-ndjson'],
  ['application/x-ndjson, */*', 'x-ndjson'],
  ['text/event-stream, application/x-ndjson', 'event-stream'],
  ['application/x-ndjson;q=0.5, text/event-stream;q=0.4', 'x-ndjson'],
  ['application/x-ndjson;q=0.4, text/event-stream', 'event-stream'],
  ['application/x-ndjson;q=0, */*', 'event-stream'],
  ['application/x-ndjson;q=oops', 'event-stream'],
])('Accept: %s → %s', (accept, type) => {
  expect(chooseStreamFormat(accept).contentType).toContain(type);
});
