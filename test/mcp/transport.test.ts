import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Agent, request } from 'undici';
import { adminToken, businessToken, exitOf, startServer, type TestServer } from '../support/start-server.ts';
import { connect, revisions, toolNames, until } from './connect.ts';

const api = (text: string) => `import { apiFunction, type CallContext } from 'api-deploy';\n${text}\n`;

let server: TestServer;
beforeEach(async () => {
  server = await startServer({
    files: { 'm.ts': api('export const one = apiFunction((a: string): string => a);') },
    env: { MCP_ALLOWED_ORIGINS: 'https://app.example.com', MCP_ALLOWED_HOSTS: 'api.example.com' },
  });
});
afterEach(() => server.stop());

async function post(
  headers: Record<string, string>,
  method: 'POST' | 'OPTIONS' | 'PUT' = 'POST',
  message: unknown = { jsonrpc: '2.0', id: 1, method: 'ping' },
) {
  const answer = await request(`${server.url}/mcp`, {
    method,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${businessToken}`,
      ...headers,
    },
    ...(method === 'POST' ? { body: JSON.stringify(message) } : {}),
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, headers: answer.headers, text };
}

describe('who may call', () => {
  it('a missing or wrong token is 401 with a challenge, and is not logged', async () => {
    const wrong = await post({ authorization: 'Bearer not-a-known-token' });
    expect([wrong.status, wrong.headers['www-authenticate']]).toEqual([
      401,
      'Bearer realm="api-deploy", error="invalid_token"',
    ]);
    const missing = await post({ authorization: '' });
    expect([missing.status, missing.headers['www-authenticate']]).toEqual([401, 'Bearer realm="api-deploy"']);
    await expect(connect(server.url, { token: 'not-a-known-token' })).rejects.toThrow();
    expect(JSON.stringify(await server.logLines()) + server.output()).not.toContain('not-a-known-token');
  });

  it('Origin must be absent, the same host, or listed', async () => {
    const { host } = new URL(server.url);
    expect((await post({})).status).toBe(200);
    expect((await post({ origin: `http://${host}` })).status).toBe(200);
    const listed = await post({ origin: 'https://app.example.com' });
    expect([listed.status, listed.headers['access-control-allow-origin']]).toEqual([
      200,
      'https://app.example.com',
    ]);
    for (const origin of [
      'http://evil.example',
      'null',
      'http://localhost:1',
      'https://app.example.com.evil.example',
      'file://',
    ]) {
      const refused = await post({ origin });
      expect([origin, refused.status]).toEqual([origin, 403]);
      expect(refused.text).toContain('mcpAllowedOrigins');
      expect(refused.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('a page of a listed origin may ask first, and reads refusals', async () => {
    const origin = 'https://app.example.com';
    const asked = await post({ origin, authorization: '' }, 'OPTIONS');
    expect(asked.status).toBe(200);
    expect(asked.headers['access-control-allow-headers']).toContain('authorization');
    const refused = await post({ origin, authorization: '' });
    expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([401, origin]);
    expect((await post({}, 'OPTIONS')).status).toBe(405);
    expect((await post({}, 'PUT')).headers['allow']).toBe('GET, POST, DELETE');
  });

  it('Host must be a name of this service', async () => {
    for (const host of [
      'localhost',
      'LOCALHOST:9',
      '127.0.0.1:1',
      '[::1]',
      'api.example.com',
      'api.example.com:99',
    ])
      expect([host, (await post({ host })).status]).toEqual([host, 200]);
    for (const host of ['evil.example', 'localhost.evil.example', '192.168.0.1', 'x@localhost']) {
      const refused = await post({ host });
      expect(refused.status === 403 || refused.status === 400, host).toBe(true);
    }
  });
});

it('a service on all addresses is reached by any of them, and by no strange name', async () => {
  await server.stop();
  server = await startServer({ env: { HOST: '0.0.0.0' } });
  for (const host of ['192.168.0.1', '[2001:db8::1]:8000', 'localhost'])
    expect([host, (await post({ host })).status]).toEqual([host, 200]);
  for (const host of ['evil.example', '0.0.0.0.evil.example'])
    expect([host, (await post({ host })).status]).toEqual([host, 403]);
});

it('lists thousands of functions in pages', async () => {
  const lines = Array.from(
    { length: 1_203 },
    (_, n) => `export const f${n} = apiFunction((): number => ${n});`,
  );
  await server.write('many.ts', api(lines.join('\n')));
  await server.until('/', ({ json }) => json.data.endpoints.length === 1_204);
  const client = await connect(server.url);
  // The client asks for one page after the other.
  const names = await toolNames(client);
  expect(new Set(names).size).toBe(1_204);
  expect(names).toEqual(names.toSorted());
  await client.close();
  const page = await post({}, 'POST', { jsonrpc: '2.0', id: 1, method: 'tools/list' });
  expect(page.text.match(/"name":/g)).toHaveLength(500);
  expect(page.text).toMatch(/"nextCursor":"[\w-]+"/);
});

it('takes a limited number of streams, and closes them all when it stops', async () => {
  const headers = { authorization: `Bearer ${businessToken}`, accept: 'text/event-stream' };
  const dispatcher = new Agent();
  const open = () => request(`${server.url}/mcp`, { headers, dispatcher });
  const streams = await Promise.all(Array.from({ length: 512 }, open));
  expect(new Set(streams.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  const refused = await open();
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '60']);
  await refused.body.dump();
  // One that leaves makes room.
  streams[0]?.body.destroy();
  await until(async () => {
    const answer = await open();
    if (answer.statusCode === 200) streams.push(answer);
    else await answer.body.dump();
    return answer.statusCode === 200;
  });
  const exited = exitOf(server.process);
  server.process.kill('SIGTERM');
  await Promise.all(streams.slice(1).map(({ body }) => body.dump()));
  expect(await exited).toBe(0);
  expect(server.output()).not.toContain('were cut');
  await dispatcher.destroy();
});

describe('messages', () => {
  it('what is no message is refused in the form of all other refusals', async () => {
    const answer = await request(`${server.url}/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${businessToken}` },
      body: '{"jsonrpc":',
    });
    expect(answer.statusCode).toBe(400);
    expect(await answer.body.json()).toMatchObject({ success: false, code: 'INVALID_JSON' });
  });

  it('an earlier client is given a session id, and may end its session', async () => {
    const initialize = {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
    };
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${businessToken}`,
    };
    const answer = await request(`${server.url}/mcp`, {
      method: 'POST',
      headers,
      body: JSON.stringify(initialize),
    });
    expect(answer.statusCode).toBe(200);
    const session = String(answer.headers['mcp-session-id']);
    expect(session).toMatch(/^[\w-]{36}$/);
    expect(await answer.body.text()).toContain('"listChanged":true');
    const { authorization } = headers;
    const ended = await request(`${server.url}/mcp`, {
      method: 'DELETE',
      headers: { authorization, 'mcp-session-id': session },
    });
    await ended.body.dump();
    expect(ended.statusCode).toBe(200);
  });
});

describe.each(revisions)('changes, %s revision', (revision) => {
  it('are told to clients that listen, and only those of the contract', async () => {
    const heard: (readonly string[])[] = [];
    const client = await connect(server.url, { revision, onToolsChanged: (names) => void heard.push(names) });
    expect(await toolNames(client)).toEqual(['m_one']);
    // The stream of an earlier client is opened after `connect` has returned.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await server.write('m.ts', api('export const one = apiFunction((a: string): string => a + 1);'));
    await server.until('/m/one', ({ json }) => json.data === 'x1', { a: 'x' });
    await server.write('n.ts', api('export const two = apiFunction((): number => 2);'));
    await until(() => heard.length > 0);
    expect(heard[0]).toEqual(['m_one', 'n_two']);
    await server.write('m.ts', api('export const one = apiFunction((a: number): string => "" + a);'));
    await until(() => heard.length > 1);
    await server.write('n.ts', api('export const two = apiFunction((): number => 2, { mcp: false });'));
    await until(() => heard.at(-1)?.length === 1);
    await server.write('n.ts', api('export const two = apiFunction((): number => 2);'));
    await until(() => heard.at(-1)?.length === 2);
    await server.remove('n.ts');
    await until(() => heard.at(-1)?.length === 1);
    await client.close();
  });

  it('do not keep the service from stopping', async () => {
    const client = await connect(server.url, { revision, onToolsChanged: () => {} });
    await toolNames(client);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const exited = exitOf(server.process);
    server.process.kill('SIGTERM');
    expect(await exited).toBe(0);
    // The streams did not use up `shutdownTimeout`.
    expect(server.output()).not.toContain('were cut');
    await client.close();
  });
});

it('a call in flight is finished at shutdown', async () => {
  const code = `export const slow = apiFunction(async (): Promise<string> => { await new Promise((r) => setTimeout(r, 700)); return 'done'; });`;
  await server.write('s.ts', api(code));
  await server.until('/', ({ json }) => JSON.stringify(json).includes('/s/slow'));
  const client = await connect(server.url, { token: adminToken });
  const call = client.callTool({ name: 's_slow' });
  await new Promise((resolve) => setTimeout(resolve, 200));
  const exited = exitOf(server.process);
  server.process.kill('SIGTERM');
  expect((await call).structuredContent).toEqual({ result: 'done' });
  expect(await exited).toBe(0);
});
