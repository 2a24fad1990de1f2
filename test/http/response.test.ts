import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Response as UndiciResponse } from 'undici';
import type { CallContext } from '../../src/contract/call-context.ts';
import type { EndpointSource } from './make-endpoint.ts';
import { openConnection } from './raw-connection.ts';
import { openAnswer, type OpenAnswer } from './read-stream.ts';
import { businessToken, startApp, stopApp, type RunningApp } from './start-app.ts';

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

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('it never came to be');
    await pause(2);
  }
}

async function start(fn: EndpointSource['fn'], source: Partial<EndpointSource> = {}): Promise<void> {
  app = await startApp({ endpoints: { '/demo/page': { fn, ...source }, '/demo/hi': { fn: () => 'hi' } } });
}

function send(): Promise<Response> {
  return fetch(`${app.url}/demo/page`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: businessToken }),
    redirect: 'manual',
  });
}

function open(): Promise<OpenAnswer> {
  return openAnswer(`${app.url}/demo/page`, {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: businessToken }),
  });
}

const requestLines = () => app.logs.of('request').map((line) => line.fields);
const instance = () => app.endpoint('/demo/page').instance;

/** A server that a function fetches from. */
async function upstream(listener: RequestListener): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

describe('a returned Response passes through', () => {
  test('with status, headers and body; ours are added', async () => {
    await start(
      async () =>
        new Response('<h1>Hi</h1>', {
          status: 201,
          statusText: 'Made It',
          headers: [
            ['content-type', 'text/html'],
            ['set-cookie', 'a=1'],
            ['set-cookie', 'b=2'],
            ['x-own', 'yes'],
            ['x-request-id', 'theirs'],
            ['connection', 'x-hop'],
            ['x-hop', 'dropped'],
            ['keep-alive', 'timeout=1'],
            ['transfer-encoding', 'gzip'],
            ['content-length', 'oops'],
          ],
        }),
    );
    const answer = await send();
    expect(await answer.text()).toBe('<h1>Hi</h1>');
    expect([answer.status, answer.statusText]).toEqual([201, 'Made It']);
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    const headers = Object.fromEntries(answer.headers);
    expect(headers).toMatchObject({ 'content-type': 'text/html', 'x-own': 'yes', 'x-generation': '1' });
    expect(headers['x-request-id']).not.toBe('theirs');
    expect(headers['x-process-time']).toEqual(expect.any(String));
    expect(headers).not.toHaveProperty('x-hop');
    expect(headers['keep-alive']).not.toBe('timeout=1');
    await until(() => requestLines().length === 1);
    expect(requestLines()[0]).toMatchObject({ status: 201 });
    expect(requestLines()[0]).not.toHaveProperty('items');
    expect(instance().inFlight).toBe(0);
  });

  test.each([
    ['without a body', () => new Response(null, { status: 204 }), 204, ''],
    ['a redirect', () => Response.redirect('http://example.com/', 303), 303, ''],
    ['an error of the author’s', () => new Response('no', { status: 418 }), 418, 'no'],
    ['JSON', () => Response.json({ a: 1 }), 200, '{"a":1}'],
    ['of another undici', () => new UndiciResponse('other', { status: 202 }), 202, 'other'],
  ])('%s', async (_, fn, status, text) => {
    await start(fn as EndpointSource['fn']);
    const answer = await send();
    expect([answer.status, await answer.text()]).toEqual([status, text]);
    await until(() => instance().inFlight === 0 && requestLines().length === 1);
    expect((await app.call('/demo/hi')).status).toBe(200);
  });

  test('bytes as they are, with their length where it is known', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    await start(() => new Response(bytes, { headers: { 'content-length': '256' } }));
    const answer = await send();
    expect(answer.headers.get('content-length')).toBe('256');
    expect(answer.headers.get('transfer-encoding')).toBeNull();
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
  });

  test('what looks like one but is data stays data', async () => {
    await start(() => ({ status: 200, headers: {}, body: 'x', bodyUsed: false }));
    expect((await app.call('/demo/page')).json).toMatchObject({ success: true, data: { status: 200 } });
  });
});

describe('a fetched Response', () => {
  test('passes through, decoded as fetch has decoded it', async () => {
    const text = 'compressed '.repeat(1000);
    const source = await upstream((_, answer) => {
      const packed = gzipSync(text);
      answer.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length, etag: '"1"' });
      answer.end(packed);
    });
    try {
      await start(() => fetch(source.url));
      const answer = await send();
      expect(await answer.text()).toBe(text);
      expect(answer.headers.get('content-encoding')).toBeNull();
      expect(answer.headers.get('etag')).toBe('"1"');
    } finally {
      await source.close();
    }
  });

  test('one that the author has compressed keeps its coding', async () => {
    await start(() => new Response(gzipSync('packed'), { headers: { 'content-encoding': 'gzip' } }));
    const answer = await send();
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(await answer.text()).toBe('packed');
  });

  test('that breaks off breaks our answer off, and is logged', async () => {
    const source = await upstream((request, answer) => {
      answer.writeHead(200);
      answer.write('half of it');
      setTimeout(() => request.socket.destroy(), 30);
    });
    try {
      await start(() => fetch(source.url));
      const answer = await send();
      expect(answer.status).toBe(200);
      await expect(answer.text()).rejects.toThrow();
      await until(() => requestLines().length === 1);
      expect(requestLines()[0]).toMatchObject({ status: 200, code: 'INTERNAL_ERROR' });
      expect(app.logs.of('error').map(({ message }) => message)).toEqual(["'/demo/page' failed"]);
      expect(instance().inFlight).toBe(0);
      expect((await app.call('/demo/hi')).status).toBe(200);
    } finally {
      await source.close();
    }
  });
});

describe('its body', () => {
  test('is cancelled when the client leaves', async () => {
    let signal: AbortSignal | undefined;
    let cancelled = false;
    await start(
      (ctx: CallContext) => {
        signal = ctx.signal;
        return new Response(
          new ReadableStream({
            start: (controller) => controller.enqueue(Buffer.from('begun')),
            pull: () => new Promise(() => {}),
            cancel: () => void (cancelled = true),
          }),
        );
      },
      { contextIndex: 0 },
    );
    const answer = await open();
    await answer.until((text) => text === 'begun');
    expect(instance().inFlight).toBe(1);
    await answer.leave();
    await until(() => cancelled && instance().inFlight === 0 && requestLines().length === 1);
    expect(signal?.aborted).toBe(true);
    expect(requestLines()[0]).toMatchObject({ status: 499, code: 'CLIENT_CLOSED_REQUEST' });
  });

  test('is read no faster than the client reads', async () => {
    let made = 0;
    await start(
      () =>
        new Response(
          new ReadableStream({
            pull(controller) {
              made++;
              controller.enqueue(Buffer.alloc(100_000));
            },
          }),
        ),
    );
    const connection = await openConnection(app.port);
    connection.socket.pause();
    const body = JSON.stringify({ token: businessToken });
    connection.send(
      `POST /demo/page HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    let before = -1;
    while (made === 0 || made !== before) {
      before = made;
      await pause(100);
    }
    expect(made).toBeLessThan(500);
    connection.socket.destroy();
    await until(() => instance().inFlight === 0);
  });

  test.each([
    ['more', 'four and more'],
    ['less', 'f'],
  ])(
    'of %s bytes than its Content-Length says breaks the connection, not the next answer',
    async (_, text) => {
      await start(() => new Response(text, { headers: { 'content-length': '4' } }));
      await expect(send().then((answer) => answer.text())).rejects.toThrow();
      await until(() => requestLines().length === 1);
      expect(requestLines()[0]).toMatchObject({ code: 'INTERNAL_ERROR' });
      expect(app.logs.of('error').map(({ message }) => message)).toEqual([
        'The runtime failed to send an answer',
      ]);
      expect((await app.call('/demo/hi')).status).toBe(200);
    },
  );

  test('that brings nothing for the time of the deadline is given up', async () => {
    await start(
      () =>
        new Response(
          new ReadableStream({
            start: (controller) => controller.enqueue(Buffer.from('begun')),
            pull: () => new Promise(() => {}),
          }),
        ),
      { options: { timeout: 0.3 } },
    );
    await expect(send().then((answer) => answer.text())).rejects.toThrow();
    await until(() => requestLines().length === 1);
    expect(requestLines()[0]).toMatchObject({ status: 200, code: 'FUNCTION_TIMEOUT' });
  });

  test('that comes after the deadline is not sent', async () => {
    let cancelled = false;
    await start(
      async () => {
        await pause(60);
        return new Response(new ReadableStream({ cancel: () => void (cancelled = true) }));
      },
      { options: { timeout: 0.02 } },
    );
    expect((await app.call('/demo/page')).json).toMatchObject({ code: 'FUNCTION_TIMEOUT' });
    await until(() => cancelled && instance().inFlight === 0);
  });

  test.each([
    [
      'that was read already',
      async () => {
        const response = new Response('x');
        await response.text();
        return response;
      },
      /was read already/,
    ],
    ['of Response.error()', () => Response.error(), /expected a status from 200 to 599, got '0'/],
    [
      'that gives no bytes',
      () => new Response(new ReadableStream({ start: (c) => c.enqueue(7 as never) })),
      undefined,
    ],
  ])('%s', async (_, fn, error) => {
    await start(fn as EndpointSource['fn']);
    if (error === undefined) await expect(send().then((answer) => answer.text())).rejects.toThrow();
    else
      expect((await app.call('/demo/page')).json).toMatchObject({
        code: 'INTERNAL_ERROR',
        error: expect.stringMatching(error),
      });
    await until(() => instance().inFlight === 0);
    expect(app.logs.of('error').length).toBeLessThanOrEqual(1);
  });
});
