import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ApiError } from '../../src/contract/api-error.ts';
import { errorCodes, type ErrorCode } from '../../src/contract/error-codes.ts';
import {
  adminToken,
  businessToken,
  startApp,
  stopApp,
  type AppAnswer,
  type RunningApp,
} from './start-app.ts';

interface Row {
  readonly code: ErrorCode;
  readonly when: string;
  readonly ask: (app: RunningApp) => Promise<AppAnswer>;
  /** What the answer must also have. */
  readonly error?: string | RegExp;
  readonly headers?: Readonly<Record<string, string>>;
  readonly details?: unknown;
}

const never = (): Promise<never> => new Promise(() => {});

const endpoints = {
  '/demo/add': { fn: (a: number, b: number) => a + b, parameters: { a: z.number(), b: z.number() } },
  '/demo/fail': {
    fn: () => {
      throw new Error('the disk is on fire');
    },
  },
  '/demo/nan': { fn: () => ({ price: Number.NaN }) },
  '/demo/slow': { fn: never, options: { timeout: 0.05 } },
  '/demo/single': { fn: never, options: { concurrency: 1, timeout: 0.2 } },
  '/demo/limited': { fn: () => 1, options: { rateLimit: { limit: 1, window: 60 } } },
  '/demo/admins': { fn: () => 1, options: { roles: ['admin'] as const } },
};

const json = { 'content-type': 'application/json' };
const raw =
  (body: string | Uint8Array, headers: Record<string, string> = json) =>
  (app: RunningApp) =>
    app.get('/demo/add', { method: 'POST', headers, body: body as string });
const good = { token: businessToken, body: { a: 1, b: 2 } };
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

const rows: readonly Row[] = [
  {
    code: 'INVALID_JSON',
    when: 'the syntax is wrong',
    ask: raw('{"token": oops}'),
    error: /line 1, column|syntax is wrong/,
  },
  { code: 'INVALID_JSON', when: 'it ends too early', ask: raw('{"token":'), error: /ends too early/ },
  { code: 'INVALID_JSON', when: 'it is empty with a content type', ask: raw(''), error: /is empty/ },
  {
    code: 'INVALID_JSON',
    when: 'it is not UTF-8',
    ask: raw(Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x7d])),
    error: /UTF-8/,
  },
  {
    code: 'INVALID_JSON',
    when: 'a key is __proto__',
    ask: raw('{"body":{"a":{"__proto__":{}}}}'),
    error: /'__proto__'/,
  },
  {
    code: 'INVALID_JSON',
    when: 'a key is an escaped __proto__',
    ask: raw('{"body":{"\\u005f_proto__":1}}'),
    error: /'__proto__'/,
  },
  {
    code: 'INVALID_JSON',
    when: 'a key is constructor',
    ask: raw('{"body":[{"constructor":1}]}'),
    error: /'constructor'/,
  },
  { code: 'INVALID_JSON', when: 'it nests 65 levels deep', ask: raw(nested(65)), error: /deeper than 64/ },
  {
    code: 'INVALID_JSON',
    when: 'it nests 100,000 levels deep',
    ask: raw(nested(100_000)),
    error: /deeper than 64/,
  },
  {
    code: 'INVALID_REQUEST',
    when: 'it nests 64 levels deep, but is an array',
    ask: raw(nested(64)),
    error: /got 'array'/,
  },
  { code: 'INVALID_REQUEST', when: 'it is null', ask: raw('null'), error: /got 'null'/ },
  {
    code: 'INVALID_REQUEST',
    when: 'a top-level key is unknown',
    ask: raw('{"token":"x","name":"y"}'),
    error: /'name'.*parameters go inside 'body'/,
  },
  {
    code: 'INVALID_REQUEST',
    when: 'the token is a number',
    ask: raw('{"token":12345}'),
    error: "token: expected a string, got 'number'",
  },
  { code: 'MISSING_TOKEN', when: 'there is none', ask: (app) => app.post('/demo/add', { body: {} }) },
  { code: 'MISSING_TOKEN', when: 'it is empty', ask: (app) => app.post('/demo/add', { token: '' }) },
  {
    code: 'MISSING_TOKEN',
    when: 'the scheme is another',
    ask: (app) => app.post('/demo/add', {}, { authorization: 'Basic eDp5' }),
  },
  {
    code: 'MISSING_TOKEN',
    when: 'nothing at all is sent',
    ask: (app) => app.get('/demo/add', { method: 'POST' }),
  },
  {
    code: 'INVALID_TOKEN',
    when: 'it is in no list',
    ask: (app) => app.post('/demo/add', { ...good, token: 'wrong' }),
    error: 'Invalid token',
  },
  {
    code: 'MISSING_ADMIN_TOKEN',
    when: 'GET has none',
    ask: (app) => app.get('/api/reload'),
    error: 'Admin token is required for this operation',
  },
  {
    code: 'MISSING_ADMIN_TOKEN',
    when: 'POST has none',
    ask: (app) => app.post('/api/reload-config', {}),
    error: 'Admin token is required for this operation',
  },
  {
    code: 'INVALID_ADMIN_TOKEN',
    when: 'it is a business token',
    ask: (app) => app.get(`/api/reload?token=${businessToken}`),
    error: 'Invalid admin token or insufficient permissions',
  },
  {
    code: 'INVALID_ADMIN_TOKEN',
    when: 'it is unknown',
    ask: (app) => app.post('/api/reload-config', { token: 'wrong' }),
    error: 'Invalid admin token or insufficient permissions',
  },
  {
    code: 'FORBIDDEN',
    when: 'a role is missing',
    ask: (app) => app.call('/demo/admins'),
    error: /role 'admin'/,
  },
  { code: 'ENDPOINT_NOT_FOUND', when: 'nothing is there', ask: (app) => app.call('/nowhere/at/all') },
  {
    code: 'ENDPOINT_NOT_FOUND',
    when: 'the path is almost right',
    ask: (app) => app.call('/demo/dad'),
    error: /did you mean '\/demo\/add'\?/,
  },
  {
    code: 'ENDPOINT_NOT_FOUND',
    when: 'the case is wrong',
    ask: (app) => app.call('/Demo/Add'),
    error: /did you mean '\/demo\/add'\?/,
  },
  {
    code: 'ENDPOINT_NOT_FOUND',
    when: 'a slash is at the end',
    ask: (app) => app.get('/demo/add/'),
    error: /did you mean '\/demo\/add'\?/,
  },
  {
    code: 'METHOD_NOT_ALLOWED',
    when: 'a function is asked for by GET',
    ask: (app) => app.get('/demo/add'),
    headers: { allow: 'POST' },
  },
  {
    code: 'METHOD_NOT_ALLOWED',
    when: 'a function is asked for by OPTIONS',
    ask: (app) => app.get('/demo/add', { method: 'OPTIONS' }),
    headers: { allow: 'POST' },
  },
  {
    code: 'METHOD_NOT_ALLOWED',
    when: 'an admin route is asked for by PUT',
    ask: (app) => app.get('/api/reload', { method: 'PUT' }),
    headers: { allow: 'GET, POST' },
  },
  {
    code: 'METHOD_NOT_ALLOWED',
    when: 'the state is posted to',
    ask: (app) => app.post('/', {}),
    headers: { allow: 'GET, HEAD' },
  },
  {
    code: 'METHOD_NOT_ALLOWED',
    when: 'a probe is posted to',
    ask: (app) => app.post('/health', {}),
    headers: { allow: 'GET, HEAD' },
  },
  {
    code: 'PAYLOAD_TOO_LARGE',
    when: 'it is 1 MiB + 1',
    ask: raw('x'.repeat(2 ** 20 + 1)),
    error: /at most 1048576 bytes, got '1048577'/,
  },
  {
    code: 'UNSUPPORTED_MEDIA_TYPE',
    when: 'it is a form',
    ask: raw('a=1', { 'content-type': 'application/x-www-form-urlencoded' }),
    error: /expected 'application\/json', got 'application\/x-www/,
  },
  {
    code: 'UNSUPPORTED_MEDIA_TYPE',
    when: 'it has no type',
    ask: raw(new TextEncoder().encode('{}'), {}),
    error: /got 'none'/,
  },
  {
    code: 'UNSUPPORTED_MEDIA_TYPE',
    when: 'the charset is another',
    ask: raw('{}', { 'content-type': 'application/json; charset=latin1' }),
  },
  {
    code: 'UNSUPPORTED_MEDIA_TYPE',
    when: 'it is compressed',
    ask: raw('{}', { ...json, 'content-encoding': 'gzip' }),
    error: /Content-Encoding/,
  },
  {
    code: 'VALIDATION_ERROR',
    when: 'several things are wrong',
    ask: (app) => app.call('/demo/add', { a: 'x', c: 1 }),
    error: /more, see details/,
    details: expect.arrayContaining([
      expect.objectContaining({ path: 'a', message: expect.any(String), code: expect.any(String) }),
      expect.objectContaining({ path: 'b' }),
      expect.objectContaining({ path: 'c' }),
    ]),
  },
  {
    code: 'VALIDATION_ERROR',
    when: 'the body is an array',
    ask: (app) => app.call('/demo/add', [1, 2]),
    details: [{ path: '', message: expect.stringContaining("got 'array'"), code: 'invalid_type' }],
  },
  {
    code: 'CONFIG_INVALID',
    when: 'the new one is broken',
    ask: (app) => app.get(`/api/reload-config?token=${adminToken}`),
    error: 'port: expected a number',
    details: [{ path: 'port', message: 'expected a number', code: 'invalid_type' }],
  },
  {
    code: 'GENERATION_NOT_FOUND',
    when: 'it is not at hand any more',
    ask: (app) => app.post('/api/generations', { token: adminToken, generation: 7 }),
    error: 'generation 7 is not at hand; expected one of 8, 9',
    details: { generations: [8, 9] },
  },
  {
    code: 'ROLLBACK_FAILED',
    when: 'the earlier version does not load any more',
    ask: (app) => app.post('/api/rollback', { token: adminToken, module: 'm' }),
    error: 'nothing has changed: apis/m.ts:1: no',
    details: [{ module: 'm', file: 'apis/m.ts', line: 1, cause: 'no' }],
  },
  {
    code: 'RELOAD_FAILED',
    when: 'the folder is gone',
    ask: (app) => app.get(`/api/reload?token=${adminToken}`),
    error: "apisDir 'apis' cannot be read",
  },
  {
    code: 'RATE_LIMITED',
    when: 'a call is one too many',
    ask: async (app) => {
      expect((await app.call('/demo/limited')).status).toBe(200);
      return app.call('/demo/limited');
    },
    headers: { 'retry-after': '60' },
  },
  {
    code: 'INTERNAL_ERROR',
    when: 'the function throws',
    ask: (app) => app.call('/demo/fail'),
    error: 'the disk is on fire',
  },
  {
    code: 'INTERNAL_ERROR',
    when: 'the result has no JSON',
    ask: (app) => app.call('/demo/nan'),
    error: 'data.price is NaN, which JSON cannot represent',
  },
  {
    code: 'SHUTTING_DOWN',
    when: 'the service stops',
    ask: (app) => {
      app.state = 'stopping';
      return app.call('/demo/add', { a: 1, b: 2 });
    },
    headers: { connection: 'close' },
  },
  {
    code: 'SHUTTING_DOWN',
    when: 'the service stops, for admins too',
    ask: (app) => {
      app.state = 'stopping';
      return app.get(`/api/reload?token=${adminToken}`);
    },
    headers: { connection: 'close' },
  },
  {
    code: 'OVERLOADED',
    when: 'the function has no place left',
    ask: async (app) => {
      const first = app.call('/demo/single');
      const second = await overloadedSoon(app, '/demo/single');
      await first;
      return second;
    },
    headers: { 'retry-after': '1' },
  },
  {
    code: 'QUARANTINED',
    when: 'the function has blocked the process too often',
    ask: (app) => {
      app.quarantine.blocked(app.endpoint('/demo/slow'), 50);
      return app.call('/demo/slow');
    },
  },
  {
    code: 'FUNCTION_TIMEOUT',
    when: 'the deadline passes',
    ask: (app) => app.call('/demo/slow'),
    error: "'/demo/slow' did not answer within 0.05 s",
  },
];

/** The second call, once the first is running. */
async function overloadedSoon(app: RunningApp, path: string): Promise<AppAnswer> {
  while (app.endpoint(path).instance.inFlight === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  return app.call(path);
}

let app: RunningApp | undefined;
afterEach(async () => {
  if (app !== undefined) await stopApp(app);
  app = undefined;
});

const admin = {
  reload: () => Promise.reject(new ApiError('RELOAD_FAILED', "apisDir 'apis' cannot be read")),
  generations: ({ generation }: Readonly<Record<string, unknown>>) =>
    Promise.reject(
      new ApiError(
        'GENERATION_NOT_FOUND',
        `generation ${String(generation)} is not at hand; expected one of 8, 9`,
        { details: { generations: [8, 9] } },
      ),
    ),
  rollBack: ({ module }: Readonly<Record<string, unknown>>) =>
    Promise.reject(
      new ApiError('ROLLBACK_FAILED', `nothing has changed: apis/${String(module)}.ts:1: no`, {
        details: [{ module, file: `apis/${String(module)}.ts`, line: 1, cause: 'no' }],
      }),
    ),
  reloadConfig: () =>
    Promise.reject(
      new ApiError('CONFIG_INVALID', 'port: expected a number', {
        details: [{ path: 'port', message: 'expected a number', code: 'invalid_type' }],
      }),
    ),
};

describe('every code of the table', () => {
  test.each(rows)('$code when $when', async ({ code, ask, error, headers, details }) => {
    app = await startApp({ endpoints, admin });
    const answer = await ask(app);
    const { status } = errorCodes[code];
    expect(answer.json).toMatchObject({ success: false, code, error: expect.any(String) });
    expect(answer.status).toBe(status);
    if (error instanceof RegExp) expect(answer.json['error']).toMatch(error);
    else if (error !== undefined) expect(answer.json['error']).toBe(error);
    for (const [name, value] of Object.entries(headers ?? {})) expect(answer.headers.get(name)).toBe(value);
    if (details !== undefined) expect(answer.json['details']).toEqual(details);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=UTF-8');
    expect(answer.headers.get('x-process-time')).toMatch(/^\d+\.\d+$/);
    expect(answer.headers.get('x-generation')).toBe('1');
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f]{16}-[0-9a-z]+$/);
    expect('requestId' in answer.json).toBe(status >= 500);
    const requestId = answer.headers.get('x-request-id');
    const line = app.logs.of('request').find(({ fields }) => fields['requestId'] === requestId);
    expect(line?.fields).toMatchObject({ status, code });
  });

  test('has a case here', () => {
    const covered = new Set(rows.map((row) => row.code));
    expect([...covered].sort()).toEqual(Object.keys(errorCodes).sort());
  });
});
