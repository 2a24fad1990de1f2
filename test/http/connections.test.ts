import { afterEach, describe, expect, test } from 'vitest';
import type { CallContext } from '../../src/contract/call-context.ts';
import { openConnection, type RawConnection } from './raw-connection.ts';
import { businessToken, startApp, stopApp, type RunningApp } from './start-app.ts';

let app: RunningApp;
const open: RawConnection[] = [];
afterEach(async () => {
  for (const connection of open.splice(0)) connection.socket.destroy();
  await stopApp(app);
});

async function connect(): Promise<RawConnection> {
  const connection = await openConnection(app.port);
  open.push(connection);
  return connection;
}

function postText(path: string, body = JSON.stringify({ token: businessToken })): string {
  return `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** A function that runs until the test lets it go. */
function gate() {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), fn: () => opened.then(() => 'done') };
}

describe('large bodies', () => {
  test('are refused by their length, and the connection stays usable', async () => {
    app = await startApp({ endpoints: { '/demo/hi': { fn: () => 'hi' } }, config: { bodyLimit: 1000 } });
    const connection = await connect();
    connection.send(postText('/demo/hi', 'x'.repeat(1001)));
    expect((await connection.read()).status).toBe(413);
    connection.send(postText('/demo/hi'));
    expect((await connection.read()).status).toBe(200);
  });

  test('are refused in the middle when their length is not known', async () => {
    app = await startApp({ endpoints: { '/demo/hi': { fn: () => 'hi' } } });
    const connection = await connect();
    connection.send(
      'POST /demo/hi HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    for (let sent = 0; sent < 2 ** 20; sent += 0x10000) connection.send(chunk);
    connection.send('1\r\nx\r\n');
    // The body has not ended yet: the answer does not wait for it.
    const answer = await connection.read();
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'PAYLOAD_TOO_LARGE', endpoint: '/demo/hi' });
    expect(answer.headers['x-request-id']).toEqual(expect.any(String));
    connection.send(`0\r\n\r\n${postText('/demo/hi')}`);
    expect((await connection.read()).status).toBe(200);
  });

  test('of exactly the limit are read', async () => {
    app = await startApp({ endpoints: { '/demo/hi': { fn: () => 'hi' } } });
    const text = JSON.stringify({ token: businessToken });
    expect((await app.post('/demo/hi', text.padEnd(2 ** 20, ' '))).status).toBe(200);
    expect((await app.post('/demo/hi', text.padEnd(2 ** 20 + 1, ' '))).status).toBe(413);
  });

  test('are not even sent by a client that asks first', async () => {
    app = await startApp({ endpoints: { '/demo/hi': { fn: () => 'hi' } }, config: { bodyLimit: 1000 } });
    const head = (length: number) =>
      `POST /demo/hi HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`;
    const refused = await connect();
    refused.send(head(1001));
    const refusal = await refused.read();
    // What it sends next could be its body or a request; nobody could tell.
    expect([refusal.status, refusal.headers['connection']]).toEqual([413, 'close']);
    await refused.closed;
    const body = JSON.stringify({ token: businessToken });
    const accepted = await connect();
    accepted.send(head(body.length));
    expect((await accepted.read()).status).toBe(100);
    accepted.send(body);
    expect((await accepted.read()).status).toBe(200);
    accepted.send(postText('/demo/hi'));
    expect((await accepted.read()).status).toBe(200);
  });

  test('are sent at once by a client of HTTP/1.0, which knows no 100 (RFC 9110, 10.1.1)', async () => {
    app = await startApp({ endpoints: { '/demo/hi': { fn: () => 'hi' } } });
    const connection = await connect();
    connection.send(postText('/demo/hi').replace('1.1\r\n', '1.0\r\nExpect: 100-continue\r\n'));
    expect((await connection.read()).status).toBe(200);
  });
});

describe('a client that leaves', () => {
  test('in the middle of a call aborts its signal, and is no failure', async () => {
    let signal: AbortSignal | undefined;
    app = await startApp({
      endpoints: {
        '/demo/wait': {
          fn: (ctx: CallContext) => {
            signal = ctx.signal;
            return new Promise((_, reject) => {
              ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason as Error));
            });
          },
          contextIndex: 0,
        },
      },
    });
    const connection = await connect();
    connection.send(postText('/demo/wait'));
    await until(() => signal !== undefined);
    connection.socket.destroy();
    await until(() => app.logs.of('request').length === 1);
    expect(signal?.aborted).toBe(true);
    expect(app.logs.of('request')[0]?.fields).toMatchObject({ status: 499, code: 'CLIENT_CLOSED_REQUEST' });
    expect(app.logs.of('error')).toEqual([]);
    expect(app.endpoint('/demo/wait').instance.inFlight).toBe(0);
  });

  test('before the function asks for its signal is seen all the same', async () => {
    const { open: go, fn: wait } = gate();
    let aborted: boolean | undefined;
    app = await startApp({
      endpoints: {
        '/demo/wait': {
          fn: async (ctx: CallContext) => {
            await wait();
            aborted = ctx.signal.aborted;
          },
          contextIndex: 0,
        },
      },
    });
    const connection = await connect();
    connection.send(postText('/demo/wait'));
    await until(() => app.endpoint('/demo/wait').instance.inFlight > 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    connection.socket.destroy();
    await connection.closed;
    await new Promise((resolve) => setTimeout(resolve, 20));
    go();
    await until(() => aborted !== undefined);
    expect(aborted).toBe(true);
  });

  test('in the middle of its body costs nothing', async () => {
    app = await startApp({ endpoints: { '/demo/hi': { fn: () => 'hi' } } });
    const connection = await connect();
    connection.send(
      'POST /demo/hi HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{',
    );
    await until(() => app.endpoint('/demo/hi').instance.inFlight > 0);
    connection.socket.destroy();
    await until(() => app.logs.of('request').length === 1);
    expect(app.logs.of('request')[0]?.fields).toMatchObject({ status: 499 });
    expect(app.endpoint('/demo/hi').instance.inFlight).toBe(0);
    expect((await app.call('/demo/hi')).status).toBe(200);
  });

  test('after the answer aborts nothing', async () => {
    let signal: AbortSignal | undefined;
    app = await startApp({
      endpoints: {
        '/demo/hi': { fn: async (ctx: CallContext) => void (signal = ctx.signal), contextIndex: 0 },
      },
    });
    const connection = await connect();
    connection.send(postText('/demo/hi'));
    await connection.read();
    connection.socket.destroy();
    await connection.closed;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(signal?.aborted).toBe(false);
  });
});

describe('what is not HTTP as we serve it', () => {
  test.each([
    ['rubbish', 'rubbish\r\n\r\n', 400],
    ['no Host in HTTP/1.1', 'GET /health HTTP/1.1\r\n\r\n', 400],
    ['an impossible Host', 'GET /health HTTP/1.1\r\nHost: a b\r\n\r\n', 400],
    ['a backslash', 'GET /a\\b HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['no path', 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['a huge header', `GET /health HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  ])('%s', async (_, text, status) => {
    app = await startApp();
    const connection = await connect();
    connection.send(text);
    const answer = await connection.read();
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ success: false, code: 'INVALID_REQUEST' });
    expect(answer.headers).toMatchObject({
      'x-request-id': expect.any(String),
      'x-process-time': expect.any(String),
      'x-generation': '1',
      connection: 'close',
    });
    await connection.closed;
    expect((await app.get('/health')).status).toBe(200);
  });

  test('HTTP/1.0 without Host, and an absolute target, are fine', async () => {
    app = await startApp();
    const old = await connect();
    old.send('GET /health HTTP/1.0\r\n\r\n');
    expect((await old.read()).status).toBe(200);
    const proxied = await connect();
    proxied.send('GET http://x/api/reload?token=wrong HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(JSON.parse((await proxied.read()).text)).toMatchObject({
      code: 'INVALID_ADMIN_TOKEN',
      endpoint: '/api/reload',
    });
  });

  test('Response of fetch stays the global one for the functions', async () => {
    app = await startApp();
    expect((await fetch(`${app.url}/health`)) instanceof Response).toBe(true);
  });
});

describe('drain', () => {
  test('finishes calls in flight, refuses late ones, and closes every connection', async () => {
    const { open: go, fn } = gate();
    app = await startApp({ endpoints: { '/demo/wait': { fn }, '/demo/hi': { fn: () => 'hi' } } });
    const [busy, idle, silent] = [await connect(), await connect(), await connect()];
    busy.send(postText('/demo/wait'));
    idle.send(postText('/demo/hi'));
    expect((await idle.read()).status).toBe(200);
    await until(() => app.endpoint('/demo/wait').instance.inFlight > 0);

    app.state = 'stopping';
    const drained = app.server.drain(10);
    idle.send(postText('/demo/hi'));
    const late = await idle.read();
    expect(late.status).toBe(503);
    expect(late.headers['connection']).toBe('close');
    expect(JSON.parse(late.text)).toMatchObject({ code: 'SHUTTING_DOWN', endpoint: '/demo/hi' });
    await Promise.all([idle.closed, silent.closed]);
    await expect(fetch(`${app.url}/health`)).rejects.toThrow();

    go();
    const answer = await busy.read();
    expect(answer.status).toBe(200);
    expect(answer.headers['connection']).toBe('close');
    expect(await drained).toEqual({ cut: 0 });
    await busy.closed;
  });

  test('cuts what is left at its timeout', async () => {
    app = await startApp({ endpoints: { '/demo/wait': { fn: () => new Promise(() => {}) } } });
    const busy = await connect();
    busy.send(postText('/demo/wait'));
    await until(() => app.endpoint('/demo/wait').instance.inFlight > 0);
    app.state = 'stopping';
    expect(await app.server.drain(0.05)).toEqual({ cut: 1 });
    await busy.closed;
  });

  test('of an idle server needs no time-out, and twice is as good as once', async () => {
    app = await startApp();
    await app.get('/health');
    app.state = 'stopping';
    expect(await app.server.drain(30)).toEqual({ cut: 0 });
    expect(await app.server.drain(30)).toEqual({ cut: 0 });
  });
});

test('listen says what is wrong with the address', async () => {
  app = await startApp();
  const { createHttpServer } = await import('../../src/http/server.ts');
  const { Hono } = await import('hono');
  const second = createHttpServer({
    app: new Hono(),
    settings: () => ({ ...app.config, port: app.port }),
    registry: app.registry,
    logs: app.logs,
    meter: app.meters.meter,
  });
  await expect(second.listen()).rejects.toThrow(`port ${app.port} on 127.0.0.1 is in use`);
});
