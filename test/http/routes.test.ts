import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { ModuleFailure } from '../../src/registry/snapshot.ts';
import { adminToken, businessToken, emptyReport, startApp, stopApp, type RunningApp } from './start-app.ts';

let app: RunningApp;
afterEach(() => stopApp(app));

const failure: ModuleFailure = {
  module: 'broken',
  file: 'apis/broken.ts',
  line: 3,
  column: 7,
  cause: "Expected ';' but found 'x'",
  frame: '> 3 | let x y',
  since: '2026-01-01T00:00:00.000Z',
};

describe('the admin routes', () => {
  const bearer = { authorization: `Bearer ${adminToken}` };

  test.each([
    ['GET with ?token=', (a: RunningApp) => a.get(`/api/reload?token=${adminToken}`)],
    [
      'GET with an encoded token among others',
      (a: RunningApp) => a.get(`/api/reload?x=1&token=${adminToken.replaceAll('-', '%2D')}`),
    ],
    ['GET with Bearer', (a: RunningApp) => a.get('/api/reload', { headers: bearer })],
    ['POST with a token', (a: RunningApp) => a.post('/api/reload', { token: adminToken })],
    ['POST with Bearer', (a: RunningApp) => a.get('/api/reload', { method: 'POST', headers: bearer })],
  ])('reload: %s', async (_, ask) => {
    app = await startApp();
    const answer = await ask(app);
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ success: true, data: emptyReport, endpoint: '/api/reload' });
    expect(app.logs.of('request').at(-1)?.fields['principal']).toMatch(/^admin:[0-9a-f]{8}$/);
  });

  test('reload-config answers what changed', async () => {
    const changes = { changed: ['validTokens'], needRestart: ['port'] };
    app = await startApp({ admin: { reloadConfig: async () => changes } });
    const answer = await app.post('/api/reload-config', { token: adminToken });
    expect(answer.json).toEqual({ success: true, data: changes, endpoint: '/api/reload-config' });
  });

  test('HEAD is no way to reload', async () => {
    let reloads = 0;
    app = await startApp({ admin: { reload: async () => (reloads++, emptyReport) } });
    const answer = await app.get(`/api/reload?token=${adminToken}`, { method: 'HEAD' });
    expect(answer.status).toBe(405);
    expect(reloads).toBe(0);
  });

  test('a reload that fails unexpectedly is a logged 500', async () => {
    app = await startApp({ admin: { reload: () => Promise.reject(new Error('no inotify left')) } });
    const answer = await app.get(`/api/reload?token=${adminToken}`);
    expect(answer.json).toMatchObject({
      code: 'INTERNAL_ERROR',
      error: 'no inotify left',
      endpoint: '/api/reload',
    });
    expect(app.logs.of('error').at(-1)?.fields['err']).toEqual(new Error('no inotify left'));
  });

  test('tokens rotate with the configuration', async () => {
    app = await startApp({ endpoints: { '/demo/hi': { fn: () => 'hi' } } });
    app.config = {
      ...app.config,
      validTokens: ['another-token'],
      adminTokens: [businessToken, 'another-token'],
    };
    expect((await app.post('/demo/hi', { token: adminToken })).json['code']).toBe('INVALID_TOKEN');
    expect((await app.post('/demo/hi', { token: 'another-token' })).status).toBe(200);
    expect((await app.get(`/api/reload?token=${businessToken}`)).status).toBe(200);
    // In both lists: an admin.
    expect((await app.get('/api/reload?token=another-token')).status).toBe(200);
  });
});

describe('GET /', () => {
  test('shows what is served and what is not', async () => {
    app = await startApp({
      endpoints: {
        '/demo/hi': { fn: () => 1, parameters: { name: z.string() } },
        '/demo/ho': { fn: () => 2 },
      },
    });
    app.registry.setFailures([failure, { ...failure, module: undefined, file: 'apis/_lib/x.ts' }]);
    const { json, status } = await app.get('/');
    expect(status).toBe(200);
    const { module: _, ...told } = failure;
    const shown = { ...told, age: expect.any(Number) };
    expect(json).toEqual({
      success: true,
      endpoint: '/',
      data: {
        name: 'api-deploy',
        version: '1.2.3',
        state: 'ready',
        generation: 1,
        uptime: expect.any(Number),
        startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
        changes: [],
        warnings: [],
        modules: [
          { name: 'broken', functions: [], error: shown },
          { name: 'demo', functions: ['hi', 'ho'] },
        ],
        failures: [{ ...shown, file: 'apis/_lib/x.ts' }],
        endpoints: [
          {
            path: '/demo/hi',
            description: 'Describes /demo/hi.',
            signature: '(name) => unknown',
            schema: { type: 'object' },
          },
          {
            path: '/demo/ho',
            description: 'Describes /demo/ho.',
            signature: '() => unknown',
            schema: { type: 'object' },
          },
        ],
      },
    });
  });

  test('keeps causes and source lines to itself without debug', async () => {
    app = await startApp({ config: { debug: false } });
    app.registry.setFailures([failure]);
    const { text } = await app.get('/');
    expect(text).toContain('hidden, because debug is off');
    expect(text).not.toContain(failure.cause.replaceAll('"', '\\"'));
    expect(text).not.toContain('let x y');
  });

  test('a call of a module that does not load says so', async () => {
    app = await startApp();
    app.registry.setFailures([failure]);
    expect((await app.call('/broken/f')).json['error']).toContain('apis/broken.ts:3: Expected');
    app.config = { ...app.config, debug: false };
    const { error } = (await app.call('/broken/f')).json;
    expect(error).toContain("'broken' failed to load");
    expect(error).not.toContain('Expected');
  });
});

describe('probes', () => {
  test.each([
    ['starting', 503],
    ['ready', 200],
    ['stopping', 503],
  ] as const)('while %s, /readiness is %i and /health is 200', async (state, status) => {
    app = await startApp();
    app.state = state;
    const readiness = await app.get('/readiness');
    expect(readiness.status).toBe(status);
    if (status === 503) expect(readiness.json['reason']).toEqual(expect.any(String));
    else expect(readiness.json).toEqual({ status: 'ready' });
    const health = await app.get('/health');
    expect(health.status).toBe(200);
    expect(health.json).toMatchObject({ status: 'ok', state });
    expect((await app.get('/')).json['data'].state).toBe(state);
  });

  test.each(['/', '/health', '/readiness'])('HEAD %s has the headers only', async (path) => {
    app = await startApp();
    const head = await app.get(path, { method: 'HEAD' });
    expect({ status: head.status, text: head.text }).toEqual({ status: 200, text: '' });
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(10);
    expect(head.headers.get('x-generation')).toBe('1');
  });
});
