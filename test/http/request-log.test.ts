import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { adminToken, businessToken, startApp, stopApp, type RunningApp } from './start-app.ts';

let app: RunningApp;
afterEach(() => stopApp(app));

const endpoints = {
  '/demo/hi': { fn: (name: string) => ({ greeting: `Hi ${name}` }), parameters: { name: z.string() } },
  '/demo/fail': {
    fn: () => {
      throw new Error('broken');
    },
  },
};

test('one line per request, with the body and without the token', async () => {
  app = await startApp({ endpoints });
  const answer = await app.call('/demo/hi', { name: 'Ada' });
  expect(app.logs.of('request').map((line) => line.fields)).toEqual([
    {
      requestId: answer.headers.get('x-request-id'),
      method: 'POST',
      endpoint: '/demo/hi',
      status: 200,
      durationMs: expect.any(Number),
      principal: expect.stringMatching(/^business:[0-9a-f]{8}$/),
      generation: 1,
      body: { name: 'Ada' },
    },
  ]);
});

test('the data only when it is asked for', async () => {
  app = await startApp({ endpoints, config: { logResponseData: true } });
  await app.call('/demo/hi', { name: 'Ada' });
  expect(app.logs.of('request').at(-1)?.fields['data']).toEqual({ greeting: 'Hi Ada' });
});

test('none when request logging is off', async () => {
  app = await startApp({ endpoints, config: { enableRequestLogging: false } });
  await app.call('/demo/hi', { name: 'Ada' });
  expect(app.logs.of('request')).toEqual([]);
});

test('no line, of any kind, has a token in it', async () => {
  app = await startApp({ endpoints });
  const wrong = 'wrong-token-9876543210';
  await app.call('/demo/hi', { name: 'Ada' });
  await app.call('/demo/hi', { name: 1 });
  await app.call('/demo/fail');
  await app.post('/demo/hi', { token: wrong });
  await app.post('/demo/hi', `{"token":"${wrong}",oops}`);
  await app.post('/demo/hi', { token: [wrong] });
  await app.post('/demo/hi', {}, { authorization: `Bearer ${wrong}` });
  await app.get(`/demo/hi?token=${wrong}`);
  await app.get(`/api/reload?token=${adminToken}`);
  await app.get(`/api/reload?token=${businessToken}`);
  await app.get(`/api/reload?token=${wrong}`);
  await app.post('/api/reload-config', { token: wrong });
  const text = JSON.stringify(app.logs.lines, (_, value: unknown) =>
    value instanceof Error ? { message: value.message, stack: value.stack, cause: value.cause } : value,
  );
  for (const token of [businessToken, adminToken, wrong]) expect(text).not.toContain(token);
  expect(text).not.toContain('?token');
  expect(app.logs.of('auth').map((line) => line.fields['code'])).toEqual([
    'INVALID_TOKEN',
    'INVALID_TOKEN',
    'INVALID_ADMIN_TOKEN',
    'INVALID_ADMIN_TOKEN',
    'INVALID_ADMIN_TOKEN',
  ]);
});
