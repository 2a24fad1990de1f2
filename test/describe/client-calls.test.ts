import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminToken, businessToken } from '../support/start-server.ts';
import { compilerOptions } from './client-project.ts';
import { errorOf, openClient, type OpenClient } from './open-client.ts';

let open: OpenClient;
let server: OpenClient['server'];
let client: any;
let api: any;
beforeAll(async () => {
  open = await openClient();
  ({ server, client, api } = open);
});
afterAll(() => open?.close());

describe('the client of every kind of function', () => {
  it('all modules of this test are served', async () => {
    const { json } = await server.get('/');
    expect(json.data.modules.filter((module: { error?: unknown }) => module.error !== undefined)).toEqual([]);
    expect(json.data.endpoints.length).toBeGreaterThan(30);
  });

  it.each(Object.entries(compilerOptions))('compiles with its use under strict: %s', async (_, options) => {
    expect(await open.project.compile(options)).toBe('');
  });

  it('sends rich values as the service reads them, and gives JSON as it was sent', async () => {
    const { optional: _, ...sent } = client.input();
    expect(await client.everything(api)).toEqual({
      ...sent,
      big: '12345678901234567890',
      on: '1970-01-01T00:00:00.000Z',
      link: 'https://example.org/a?b=c',
      bytes: 'AQL/',
      map: [['k', '1970-01-01T00:00:00.001Z']],
      set: ['1', '2'],
      ping: { pong: { at: '1970-01-01T00:00:00.002Z', ping: { pong: null } } },
    });
    const kinds = ['BigInt', 'Date', 'URL', 'Buffer', 'Map', 'Set'];
    expect(await api.torture.kinds({ value: client.input() })).toEqual(kinds);
  });

  it('takes the JSON forms of rich values as well', async () => {
    const value = {
      ...client.input(),
      big: 5,
      on: '2030-01-01',
      bytes: 'AQ==',
      map: [['a', new Date(0)]],
      set: ['7'],
      link: 'https://a.b/',
    };
    expect(await api.torture.everything({ value })).toMatchObject({
      big: '5',
      on: '2030-01-01T00:00:00.000Z',
      set: ['7'],
      bytes: 'AQ==',
    });
  });

  it('encodes any size of bytes', async () => {
    const bytes = Uint8Array.from({ length: 100_001 }, (_, n) => n % 251);
    const result = await api.torture.everything({ value: { ...client.input(), bytes: bytes.subarray(1) } });
    expect(result.bytes).toBe(Buffer.from(bytes.subarray(1)).toString('base64'));
  });

  it('calls nested modules, odd names, functions without arguments', async () => {
    const created = { n: 1 };
    expect(await client.others(api)).toEqual([
      'nothing needed',
      null,
      ['business'],
      3,
      2030,
      created,
      'name',
      7,
      3,
      'text',
      'later',
      1,
      ['a', 1, 2],
    ]);
    expect(await api.template.syncHello({ name: 'x' })).toBe('Hello, x!');
  });

  it('carries doc comments', async () => {
    const text = await readFile(join(open.project.dir, 'client.ts'), 'utf8');
    expect(text).toContain('Gives back what it got.');
    expect(text).toContain('@returns the same');
    expect(text).toContain('/** One of each. */\nexport interface EverythingInput {');
    expect(text).toMatch(/@deprecated\s[^}]*noArguments\(/);
  });
});

describe('errors', () => {
  it('of the service carry code, status, details and endpoint', async () => {
    const error = await errorOf(api.torture.everything({ value: { text: 5 } }));
    expect(error).toBeInstanceOf(client.ApiCallError);
    expect(error).toMatchObject({
      name: 'ApiCallError',
      code: 'VALIDATION_ERROR',
      status: 422,
      endpoint: '/torture/everything',
    });
    expect(error.details).toContainEqual(expect.objectContaining({ path: 'value.text' }));
    expect(error.requestId).toMatch(/\S/);
    expect(await errorOf(api.torture.fails({ code: 'TEAPOT' }))).toMatchObject({
      code: 'TEAPOT',
      status: 418,
      message: 'it had to fail',
      details: { code: 'TEAPOT' },
    });
    expect(await errorOf(api.torture.adminOnly())).toMatchObject({ code: 'FORBIDDEN', status: 403 });
  });

  it('tokens: of the client, of the call, from a function', async () => {
    expect(await errorOf(client.createClient({ baseUrl: server.url }).torture.noArguments())).toMatchObject({
      code: 'MISSING_TOKEN',
    });
    expect(await errorOf(api.torture.noArguments({}, { token: 'guess' }))).toMatchObject({
      code: 'INVALID_TOKEN',
      status: 401,
    });
    expect(await api.torture.adminOnly({}, { token: async () => adminToken })).toBe('secret');
    let asked = 0;
    const lazy = client.createClient({ baseUrl: new URL(server.url), token: () => (asked++, businessToken) });
    expect([await lazy.torture.noArguments(), await lazy.torture.noArguments(), asked]).toEqual([
      'nothing needed',
      'nothing needed',
      2,
    ]);
  });

  it('values that JSON cannot carry are refused before they are sent', async () => {
    const value = client.input();
    expect(await errorOf(api.torture.destructured({ a: Infinity }))).toMatchObject({
      name: 'TypeError',
      message: expect.stringContaining("a: expected a value that JSON can carry, got 'Infinity'"),
    });
    expect(await errorOf(api.torture.everything({ value: { ...value, on: new Date('x') } }))).toBeInstanceOf(
      TypeError,
    );
  });

  it('of the network pass through', async () => {
    const closed = client.createClient({ baseUrl: 'http://127.0.0.1:9' });
    expect(await errorOf(closed.torture.noArguments())).toBeInstanceOf(TypeError);
  });

  it('answers that are not of api-deploy are told apart', async () => {
    const strange = await open.strange((request, response) => {
      response
        .writeHead(502, { 'content-type': 'text/html', 'x-request-id': 'proxy-1' })
        .end(`<h1>${request.url}</h1>`);
    });
    const error = await errorOf(strange.torture.noArguments());
    expect(error).toBeInstanceOf(client.ApiCallError);
    expect(error).toMatchObject({
      code: 'UNEXPECTED_ANSWER',
      status: 502,
      requestId: 'proxy-1',
      endpoint: '/torture/noArguments',
    });
    expect(error.message).toContain("got status 502, text/html: '<h1>/below/torture/noArguments</h1>'");
    expect(await errorOf(strange.streams.empty().next())).toMatchObject({
      code: 'UNEXPECTED_ANSWER',
      status: 502,
    });
  });

  it('headers go with the call', async () => {
    const strange = await open.strange(({ headers }, response) => {
      const data = [headers['x-a'], headers['x-b'], headers['accept'], headers['content-type']];
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ success: true, data }));
    });
    const result = await strange.torture.noArguments(
      {},
      { headers: { 'X-A': '1', 'X-B': '2', accept: 'no' } },
    );
    expect(result).toEqual(['1', '2', 'application/json', 'application/json']);
  });
});

it('files and responses', async () => {
  expect(await client.files(api)).toEqual([
    { title: 'one', name: 'ä.txt', type: 'text/plain', text: 'content', more: [] },
    { title: 'three', name: 'blob', type: expect.any(String), text: 'blob', more: ['content', 'last'] },
    404,
    'yes',
    '<p>ä</p>',
  ]);
  expect(await errorOf(api.files.page({ status: 'x' }))).toMatchObject({ code: 'VALIDATION_ERROR' });
  expect(await errorOf(api.files.upload({ title: 1, file: new Blob(['x']) }))).toMatchObject({
    code: 'VALIDATION_ERROR',
  });
});

describe('GET /client.ts', () => {
  it('is cached by ETag, and new when what is served has changed', async () => {
    const first = await fetch(`${server.url}/client.ts`);
    expect(first.status).toBe(200);
    expect(first.headers.get('content-type')).toBe('application/typescript; charset=UTF-8');
    expect(first.headers.get('cache-control')).toBe('no-cache');
    const etag = first.headers.get('etag')!;
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    const text = await first.text();
    expect(text).toContain(`generation ${first.headers.get('x-generation')}\n`);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await fetch(`${server.url}/client.ts`, { headers: { 'if-none-match': known } });
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag]);
    }
    expect((await fetch(`${server.url}/client.ts`, { headers: { 'if-none-match': '"other"' } })).status).toBe(
      200,
    );
    const bare = await fetch(`${server.url}/client.ts`, { method: 'HEAD' });
    expect([bare.status, bare.headers.get('content-length')]).toEqual([200, String(Buffer.byteLength(text))]);

    await server.write(
      'late.ts',
      `import { apiFunction } from 'api-deploy';\nexport const arrival = apiFunction(() => 1);\n`,
    );
    await server.until('/late/arrival', ({ status }) => status === 200);
    const later = await fetch(`${server.url}/client.ts`, { headers: { 'if-none-match': etag } });
    expect(later.status).toBe(200);
    expect(await later.text()).toContain('POST /late/arrival');
  });

  it('other methods are refused', async () => {
    const answer = await fetch(`${server.url}/client.ts`, { method: 'POST' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });
});
