import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { configSchema } from '../../src/config/schema.ts';
import { createEventLoopLag } from '../../src/observability/event-loop-lag.ts';
import { chunked, postText } from './exchange.ts';
import { openConnection, type RawConnection } from './raw-connection.ts';
import { businessToken, startApp, stopApp, type AppOptions, type RunningApp } from './start-app.ts';

let app: RunningApp;
let letGo: () => void;
let opened: Promise<void>;
const open: RawConnection[] = [];
beforeEach(() => {
  opened = new Promise((resolve) => {
    letGo = resolve;
  });
});
afterEach(async () => {
  letGo();
  for (const connection of open.splice(0)) connection.socket.destroy();
  await stopApp(app);
});

async function connect(): Promise<RawConnection> {
  const connection = await openConnection(app.port);
  open.push(connection);
  return connection;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('it did not come about within 20 s');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Reads without keeping: these answers are too large to look into. */
function countBytes({ socket }: RawConnection) {
  let bytes = 0;
  let last = '';
  socket.removeAllListeners('data');
  socket.on('data', (chunk: string) => {
    bytes += chunk.length;
    last = (last + chunk.slice(-1_000)).slice(-1_000);
  });
  return Object.assign(() => bytes, { tail: () => last });
}

const text = z.string().optional();
const endpoints = {
  '/demo/wait': { fn: () => opened.then(() => 'done'), parameters: { padding: text } },
  '/demo/hi': { fn: () => 'hi', parameters: { padding: text } },
  '/demo/big': { fn: () => 'x'.repeat(50 * 2 ** 20) },
  '/demo/second': { fn: () => new Promise((resolve) => setTimeout(resolve, 2_500, 'slow but sure')) },
};
const start = async (config: AppOptions['config'] = {}) => {
  app = await startApp({ endpoints, config });
};
const padded = (size: number): string =>
  JSON.stringify({ token: businessToken, body: { padding: 'x'.repeat(size) } });
const overloaded = {
  status: 503,
  json: { code: 'OVERLOADED', error: expect.stringContaining('try again in 1 s') },
};

describe('a process without room', () => {
  test('for another call refuses it before its body, and says so at /readiness', async () => {
    await start({ maxConcurrentCalls: 1 });
    const running = app.call('/demo/wait');
    await until(() => app.endpoint('/demo/wait').instance.inFlight > 0);
    const connection = await connect();
    connection.send(postText({ headers: ['Content-Length: 100'], body: '' }));
    const refusal = await connection.read();
    expect([refusal.status, refusal.headers['retry-after']]).toEqual([503, '1']);
    expect(JSON.parse(refusal.text)).toMatchObject({ code: 'OVERLOADED', endpoint: '/demo/hi' });
    const readiness = await app.get('/readiness');
    expect([readiness.status, readiness.json]).toEqual([200, { status: 'ready', overloaded: 'calls' }]);
    letGo();
    expect((await running).json['data']).toBe('done');
    expect((await app.call('/demo/hi')).status).toBe(200);
    expect((await app.get('/readiness')).json).toEqual({ status: 'ready' });
    expect(app.meters.meter.sheds.calls).toBe(1);
  });

  test('for another body refuses it by its length, or as soon as it is too long', async () => {
    await start({ bufferLimit: 100_000 });
    const running = app.post('/demo/wait', padded(90_000));
    await until(() => app.endpoint('/demo/wait').instance.inFlight > 0);
    const declared = await connect();
    declared.send(postText({ headers: ['Content-Length: 50000'], body: '' }));
    const refusal = await declared.read();
    expect([refusal.status, refusal.headers['retry-after']]).toEqual([503, '1']);
    expect(JSON.parse(refusal.text)).toMatchObject({
      error: expect.stringContaining(`'bufferLimit' allows 100000`),
    });
    const growing = await connect();
    growing.send(
      postText({ headers: ['Transfer-Encoding: chunked'], body: chunked('x'.repeat(20_000), '') }),
    );
    expect((await growing.read()).status).toBe(503);
    expect((await app.post('/demo/hi', padded(5_000))).status).toBe(200);
    letGo();
    expect((await running).status).toBe(200);
    expect((await app.post('/demo/hi', padded(90_000))).status).toBe(200);
    expect(app.meters.meter.sheds.buffers).toBe(2);
  });

  test('for any body but this one still reads it: other limits bound it', async () => {
    await start({ bufferLimit: 1_000 });
    expect((await app.post('/demo/hi', padded(500_000))).status).toBe(200);
    expect((await app.post('/demo/hi', padded(500_000))).status).toBe(200);
  });

  test('for unsent answers refuses calls until they are taken', async () => {
    await start({ bufferLimit: 10 * 2 ** 20 });
    const slow = await connect();
    slow.socket.pause();
    slow.send(postText({ path: '/demo/big' }));
    await until(() => app.logs.of('request').length === 1);
    expect(await app.call('/demo/hi')).toMatchObject(overloaded);
    expect((await app.get('/readiness')).json['overloaded']).toBe('buffers');
    const taken = countBytes(slow);
    slow.socket.resume();
    await until(() => taken() > 50 * 2 ** 20);
    await until(() => app.meters.meter.inFlight === 0);
    expect((await app.call('/demo/hi')).status).toBe(200);
  });

  test('in time refuses calls while it lags, where that is limited', async () => {
    await start({ maxEventLoopLag: 0.2 });
    app.lag = 0.3;
    const refusal = await app.call('/demo/hi');
    expect(refusal).toMatchObject(overloaded);
    expect(refusal.json['error']).toContain(`runs 300 ms late, and 'maxEventLoopLag' allows 200 ms`);
    expect(refusal.headers.get('retry-after')).toBe('1');
    expect((await app.get('/health')).status).toBe(200);
    app.config = { ...app.config, maxEventLoopLag: 0 };
    expect((await app.call('/demo/hi')).status).toBe(200);
    expect(app.meters.meter.sheds.lag).toBe(1);
  });

  test('for connections answers a few more with 503 and /health, and closes the rest', async () => {
    await start({ maxConnections: 10 });
    const idle = await Promise.all(Array.from({ length: 10 }, connect));
    idle[0]!.send(postText());
    expect((await idle[0]!.read()).status).toBe(200);
    const surplus = await connect();
    surplus.send('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
    expect((await surplus.read()).status).toBe(200);
    surplus.send(postText());
    const refusal = await surplus.read();
    expect([refusal.status, refusal.headers['retry-after'], refusal.headers['connection']]).toEqual([
      503,
      '1',
      'close',
    ]);
    expect(JSON.parse(refusal.text)).toMatchObject({
      code: 'OVERLOADED',
      error: expect.stringContaining(`'maxConnections'`),
    });
    await surplus.closed;
    const [last, beyond] = [await connect(), await connect()];
    await beyond.closed;
    last.send(postText());
    expect((await last.read()).status).toBe(503);
    idle[1]!.socket.destroy();
    await last.closed;
    const next = await connect();
    next.send(postText());
    expect((await next.read()).status).toBe(200);
  });
});

describe('Retry-After', () => {
  test('is on every 503 and 429', async () => {
    app = await startApp({
      endpoints: {
        '/demo/limited': { fn: () => 1, options: { rateLimit: { limit: 1, window: 60 } } },
        '/demo/single': { fn: () => opened, options: { concurrency: 1 } },
      },
    });
    const retryAfter = async (path: string) => (await app.call(path)).headers.get('retry-after');
    expect(await retryAfter('/demo/limited')).toBeNull();
    expect(Number(await retryAfter('/demo/limited'))).toBeGreaterThan(1);
    const running = app.call('/demo/single');
    await until(() => app.endpoint('/demo/single').instance.inFlight > 0);
    expect(await retryAfter('/demo/single')).toBe('1');
    expect(app.meters.meter.sheds.function).toBe(1);
    letGo();
    await running;
    app.state = 'stopping';
    expect(await retryAfter('/demo/single')).toBe('1');
    const readiness = await app.get('/readiness');
    expect([readiness.status, readiness.headers.get('retry-after')]).toEqual([503, '1']);
  });
});

describe('clients that take their time', () => {
  test('a whole answer that nobody takes is given up, and its memory with it', async () => {
    await start({ sendTimeout: 0.3 });
    const silent = await connect();
    silent.socket.pause();
    silent.send(postText({ path: '/demo/big' }));
    await until(() => app.meters.meter.slowReaders === 1);
    silent.socket.resume();
    await silent.closed;
    expect((await app.call('/demo/hi')).status).toBe(200);
    expect((await app.get('/readiness')).json).toEqual({ status: 'ready' });
  });

  test('a slow reader that does read gets everything, and the call behind its answer may take longer', async () => {
    await start({ sendTimeout: 0.4 });
    const connection = await connect();
    connection.socket.pause();
    connection.send(postText({ path: '/demo/big' }) + postText({ path: '/demo/second' }));
    const taken = countBytes(connection);
    const reading = setInterval(() => {
      connection.socket.resume();
      setTimeout(() => connection.socket.pause(), 5);
    }, 60);
    try {
      await until(() => taken() > 50 * 2 ** 20 + 500);
      expect(taken.tail()).toContain('slow but sure');
    } finally {
      clearInterval(reading);
    }
    expect(app.meters.meter.slowReaders).toBe(0);
  });

  test('an idle connection is closed after keepAliveTimeout', async () => {
    await start({ keepAliveTimeout: 0.2 });
    const connection = await connect();
    connection.send(postText());
    expect((await connection.read()).status).toBe(200);
    await connection.closed;
  });

  test('a connection that says nothing is told so after headersTimeout, and closed', async () => {
    await start({ headersTimeout: 0.2 });
    const connection = await connect();
    const answer = await connection.read();
    expect([answer.status, answer.headers['connection']]).toEqual([408, 'close']);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'INVALID_REQUEST' });
    await connection.closed;
  });
});

test('the defaults are those that the documentation gives reasons for', () => {
  expect(configSchema.parse({})).toMatchObject({
    maxConcurrentCalls: 1_000,
    maxConnections: 10_000,
    maxEventLoopLag: 0,
    bufferLimit: 256 * 2 ** 20,
    headersTimeout: 15,
    requestTimeout: 60,
    sendTimeout: 60,
    keepAliveTimeout: 65,
    metrics: 'admin',
  });
});

test('a blocked event loop shows in its lag, and then passes', async () => {
  await start();
  const lag = createEventLoopLag();
  try {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const end = performance.now() + 400;
    while (performance.now() < end);
    await until(() => lag.max > 0.2);
    expect(lag.p99).toBeGreaterThan(0.2);
    await until(() => lag.max < 0.2);
  } finally {
    lag.close();
  }
});
