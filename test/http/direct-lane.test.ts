import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { DirectLane } from '../../src/http/direct/direct-lane.ts';
import { businessToken, startApp, stopApp, type RunningApp } from './start-app.ts';

/** How often the lane gave a request back to the router, or took one. */
let taken = 0;
let app: RunningApp;
const parameters = { name: z.string().optional() };
const takes = DirectLane.prototype.takes;

beforeEach(async () => {
  taken = 0;
  DirectLane.prototype.takes = function counted(incoming, outgoing) {
    const is = takes.call(this, incoming, outgoing);
    if (is) taken++;
    return is;
  };
  app = await startApp({
    endpoints: {
      '/demo/hello': { fn: (name = 'World') => `Hello, ${name}!`, parameters },
      '/demo/later': {
        fn: async (name = 'World') => {
          await sleep(5);
          return `Later, ${name}!`;
        },
        parameters,
      },
    },
  });
});
afterEach(async () => {
  DirectLane.prototype.takes = takes;
  await stopApp(app);
});

const off = process.env['DIRECT_LANE'] === 'false';
const body = (name: string): string => JSON.stringify({ token: businessToken, body: { name } });

function request(path: string, text: string, headers = ''): string {
  const length = Buffer.byteLength(text);
  return `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}Content-Length: ${length}\r\n\r\n${text}`;
}

/** Sends pieces one after another, and gives everything that came until the connection ended or was quiet. */
async function exchange(...pieces: string[]): Promise<string> {
  const socket = connect(app.port, '127.0.0.1');
  let got = '';
  socket.on('data', (chunk) => (got += String(chunk)));
  for (const piece of pieces) {
    socket.write(piece);
    await sleep(30);
  }
  await expect.poll(() => got.length).toBeGreaterThan(0);
  await sleep(60);
  socket.destroy();
  return got;
}

describe('what the lane takes', () => {
  test('a plain call, unless it is switched off', async () => {
    const answer = await app.call('/demo/hello', { name: 'Ada' });
    expect(answer.json).toEqual({ success: true, data: 'Hello, Ada!', endpoint: '/demo/hello' });
    expect(taken).toBe(off ? 0 : 1);
  });

  test('no path that is not served, no query, no other method, no compressed body', async () => {
    await app.call('/demo/none', {});
    await app.call('/demo/hello?x=1', {});
    await app.get('/demo/hello');
    await app.post('/demo/hello', body('Ada'), { 'content-encoding': 'gzip' });
    await exchange(request('/demo/hello', body('Ada'), 'Expect: 100-continue\r\n'));
    expect(taken).toBe(0);
  });
});

describe('the same answers as without it', () => {
  test('several requests in one piece are answered in their order', async () => {
    const got = await exchange(
      request('/demo/later', body('A')) +
        request('/demo/hello', body('B')) +
        request('/demo/hello', body('C')),
    );
    const names = [...got.matchAll(/"data":"(\w+, \w!)"/g)].map(([, data]) => data);
    expect(names).toEqual(['Later, A!', 'Hello, B!', 'Hello, C!']);
    expect(got.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3);
  });

  test('a body that comes in pieces', async () => {
    const whole = request('/demo/hello', body('Ada'));
    const cut = whole.length - 10;
    expect(await exchange(whole.slice(0, 40), whole.slice(40, cut), whole.slice(cut))).toContain(
      'Hello, Ada!',
    );
  });

  test('text beyond ASCII keeps its length', async () => {
    const got = await exchange(request('/demo/hello', body('世界 é 😀')) + request('/demo/hello', body('B')));
    expect(got).toContain('"data":"Hello, 世界 é 😀!"');
    expect(got).toContain('"data":"Hello, B!"');
  });

  test('a client that leaves in the middle of a body harms nobody', async () => {
    const socket = connect(app.port, '127.0.0.1');
    socket.write(request('/demo/hello', body('Ada')).slice(0, -5));
    await sleep(30);
    socket.destroy();
    await expect.poll(() => app.meters.meter.inFlight).toBe(0);
    expect((await app.call('/demo/hello', {})).json['data']).toBe('Hello, World!');
  });

  test('the head has the same fields', async () => {
    const head = (got: string): string[] =>
      got
        .split('\r\n\r\n')[0]!
        .split('\r\n')
        .slice(1)
        .map((line) => line.split(':')[0]!);
    const direct = await exchange(request('/demo/hello', body('Ada')));
    app.config = { ...app.config, directLane: false };
    const routed = await exchange(request('/demo/hello', body('Ada')));
    expect(head(direct)).toEqual(head(routed));
  });

  test('an idle connection is kept as the configuration says', async () => {
    const got = await exchange(request('/demo/hello', body('Ada')));
    expect(got).toContain(`Keep-Alive: timeout=${app.config.keepAliveTimeout}`);
  });
});
