import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ApiError } from '../../src/contract/api-error.ts';
import type { CallContext } from '../../src/contract/call-context.ts';
import { makeInstance } from './make-endpoint.ts';
import { openConnection } from './raw-connection.ts';
import { adminToken, businessToken, startApp, stopApp, type RunningApp } from './start-app.ts';

let app: RunningApp;
beforeAll(async () => {
  app = await startApp({
    endpoints: {
      '/demo/hello': {
        fn: (name = 'World') => `Hello, ${name}!`,
        parameters: { name: z.string().optional() },
      },
      '/demo/later': { fn: async (name: string) => `Later, ${name}`, parameters: { name: z.string() } },
      '/demo/nothing': { fn: () => undefined },
      '/demo/whoami': {
        fn: (ctx: CallContext) => {
          ctx.log.info('called', { endpoint: 'forged', extra: 1 });
          return { ...ctx, log: undefined, signal: ctx.signal.aborted };
        },
        contextIndex: 0,
      },
      '/demo/refuse': {
        fn: () => {
          throw new ApiError('OUT_OF_STOCK', 'none left', {
            status: 409,
            details: { left: 0n },
            headers: { 'Retry-After': '7', 'X-Request-Id': 'forged', 'Content-Length': '1', 'X-Bad': 'a\nb' },
          });
        },
      },
      '/demo/unrepresentable': {
        fn: () => {
          throw new ApiError('ODD', 'odd details', { details: { f: () => 1 } });
        },
      },
      '/demo/fail': {
        fn: () => {
          throw new Error('secret place /etc/x');
        },
      },
      '/deep/er/module': { fn: () => 'deep' },
    },
  });
});
afterAll(() => stopApp(app));

describe('a call', () => {
  test('gives the success envelope', async () => {
    const answer = await app.call('/demo/hello', { name: 'Ada' });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ success: true, data: 'Hello, Ada!', endpoint: '/demo/hello' });
    expect(answer.headers.get('content-type')).toBe('application/json; charset=UTF-8');
    expect(answer.headers.get('x-generation')).toBe('1');
    expect(answer.headers.get('x-process-time')).toMatch(/^\d+\.\d{6}$/);
  });

  test('may leave the body out, and use its default', async () => {
    expect((await app.post('/demo/hello', { token: businessToken })).json['data']).toBe('Hello, World!');
  });

  test('of an async function, and of one without a result', async () => {
    expect((await app.call('/demo/later', { name: 'Ada' })).json['data']).toBe('Later, Ada');
    expect((await app.call('/demo/nothing')).text).toBe(
      '{"success":true,"data":null,"endpoint":"/demo/nothing"}',
    );
  });

  test('takes the token from the Bearer header, also without any body', async () => {
    const answer = await app.get('/deep/er/module', {
      method: 'POST',
      headers: { authorization: `bearer ${businessToken}` },
    });
    expect(answer.json).toEqual({ success: true, data: 'deep', endpoint: '/deep/er/module' });
  });

  test('prefers the token of the body to the header', async () => {
    const answer = await app.post(
      '/demo/hello',
      { token: 'wrong' },
      { authorization: `Bearer ${businessToken}` },
    );
    expect(answer.json['code']).toBe('INVALID_TOKEN');
  });

  test.each(['application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"', 'application/json;'])(
    'accepts the content type %s',
    async (type) => {
      expect((await app.post('/demo/hello', { token: businessToken }, { 'content-type': type })).status).toBe(
        200,
      );
    },
  );

  test('accepts a byte order mark and the last allowed depth', async () => {
    const marked = new TextEncoder().encode(`\u{feff}${JSON.stringify({ token: businessToken })}`);
    expect((await app.post('/demo/hello', marked)).status).toBe(200);
    // The envelope and `body` are two levels, 62 arrays more make 64: read, and refused only by the types.
    const deep = `{"token":"${businessToken}","body":{"name":${'['.repeat(62)}${']'.repeat(62)}}}`;
    expect((await app.post('/demo/hello', deep)).json['code']).toBe('VALIDATION_ERROR');
  });

  test('injects the context', async () => {
    const answer = await app.post('/demo/whoami', { token: adminToken }, { 'x-request-id': 'trace:1' });
    expect(answer.json['data']).toEqual({
      requestId: 'trace:1',
      endpoint: '/demo/whoami',
      principal: { id: expect.stringMatching(/^admin:[0-9a-f]{8}$/), roles: ['business', 'admin'] },
      generation: 1,
      signal: false,
    });
    expect(app.logs.of('call').at(-1)).toMatchObject({
      level: 'info',
      message: 'called',
      fields: { requestId: 'trace:1', endpoint: '/demo/whoami', generation: 1, extra: 1 },
    });
  });

  test('may be refused by the function, with its own code, status, details and headers', async () => {
    const answer = await app.call('/demo/refuse');
    expect(answer.status).toBe(409);
    expect(answer.json).toEqual({
      success: false,
      error: 'none left',
      code: 'OUT_OF_STOCK',
      endpoint: '/demo/refuse',
      details: { left: '0' },
    });
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(answer.headers.get('x-request-id')).not.toBe('forged');
    expect(answer.headers.has('x-bad')).toBe(false);
    expect(answer.headers.get('content-length')).toBe(String(answer.text.length));
  });

  test('tells an error whose details have no JSON', async () => {
    const { status, json } = await app.call('/demo/unrepresentable');
    expect(status).toBe(400);
    expect(json).toMatchObject({
      code: 'ODD',
      details: expect.stringContaining('data.details.f is a function'),
    });
  });
});

describe('without debug', () => {
  test('the message of an unexpected error stays inside', async () => {
    const { config } = app;
    try {
      app.config = { ...config, debug: false };
      const answer = await app.call('/demo/fail');
      expect(answer.json).toEqual({
        success: false,
        error: 'Internal server error',
        code: 'INTERNAL_ERROR',
        endpoint: '/demo/fail',
        requestId: answer.headers.get('x-request-id'),
      });
      expect((await app.call('/demo/refuse')).json['error']).toBe('none left');
    } finally {
      app.config = config;
    }
    expect((await app.call('/demo/fail')).json['error']).toBe('secret place /etc/x');
  });

  test('the log has it all the same', () => {
    const line = app.logs.of('error').find(({ fields }) => fields['endpoint'] === '/demo/fail');
    expect(line?.fields['err']).toEqual(new Error('secret place /etc/x'));
    expect(line?.fields['requestId']).toEqual(expect.any(String));
  });
});

describe('X-Request-Id', () => {
  test.each(['abc', 'a.b:c@d-e_f', 'x'.repeat(128)])('is taken over: %s', async (id) => {
    expect((await app.get('/health', { headers: { 'x-request-id': id } })).headers.get('x-request-id')).toBe(
      id,
    );
  });

  test.each(['', 'a b', 'x'.repeat(129), 'a"b', 'a,b'])('is made anew instead of: %s', async (id) => {
    const answer = await app.get('/health', { headers: { 'x-request-id': id } });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f]{16}-[0-9a-z]+$/);
  });
});

describe('a reload during a call', () => {
  test('does not let go of the module while the body is still being read', async () => {
    const { instance } = app.endpoint('/demo/hello');
    const connection = await openConnection(app.port);
    const body = JSON.stringify({ token: businessToken, body: { name: 'Ada' } });
    connection.send(
      `POST /demo/hello HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    while (instance.inFlight === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const old = app.registry.current;
    let idle = 0;
    instance.onIdle = () => idle++;
    app.registry.swap({
      swappedAt: new Date(),
      endpoints: new Map(),
      modules: new Map([['x', makeInstance('x')]]),
    });
    expect((await app.call('/demo/hello')).headers.get('x-generation')).toBe('2');
    expect(idle).toBe(0);
    connection.send(body);
    const answer = await connection.read();
    expect(answer.status).toBe(200);
    expect(answer.headers['x-generation']).toBe('1');
    expect(answer.text).toContain('Hello, Ada!');
    expect({ idle, inFlight: instance.inFlight }).toEqual({ idle: 1, inFlight: 0 });
    connection.socket.destroy();
    app.registry.swap(old);
  });
});
