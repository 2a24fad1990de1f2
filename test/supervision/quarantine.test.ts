import { afterEach, expect, it } from 'vitest';
import { adminToken, businessToken, startServer, type TestServer } from '../support/start-server.ts';
import { connect, textOf } from '../mcp/connect.ts';
import { createQuarantine } from '../../src/supervision/quarantine.ts';

const text = (note = ''): string => `import { apiFunction } from 'api-deploy';
import { spins } from './_spins.ts';
// ${note}
export const maybe = apiFunction((bad: boolean): string => {
  if (bad && spins) for (;;) {}
  return 'good';
});
export const beside = apiFunction((): string => 'beside');
`;

let server: TestServer | undefined;
afterEach(async () => {
  await server?.stop();
});

async function start(env: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  server = await startServer({
    env: { BLOCK_TIMEOUT: '200 ms', ...env },
    files: { 'm.ts': text(), '_spins.ts': 'export const spins = true;' },
  });
  return server;
}

async function block({ call }: TestServer, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const answer = await call('/m/maybe', { bad: true });
    expect(answer).toMatchObject({ status: 504, json: { code: 'FUNCTION_TIMEOUT' } });
  }
}

it('three blocks in a row: 503 with the reason, shown everywhere, until an admin lifts it', async () => {
  const { url, call, get, admin } = await start();
  await block(server as TestServer, 2);
  expect((await call('/m/maybe', { bad: false })).status).toBe(200);
  await block(server as TestServer, 2);
  expect((await call('/m/maybe', { bad: false })).status).toBe(200);
  await block(server as TestServer, 3);
  const refused = await call('/m/maybe', { bad: false });
  expect(refused).toMatchObject({ status: 503, json: { code: 'QUARANTINED' } });
  expect(refused.json.error).toMatch(/it blocked the process 3 times in a row, for \d(?:\.\d+)? s at last/);
  const { since, reason } = refused.json.details as { since: string; reason: string };
  expect(Date.parse(since)).not.toBeNaN();
  expect((await call('/m/beside')).status).toBe(200);

  const entry = { endpoint: '/m/maybe', since, reason };
  expect((await get('/health')).json.quarantined).toEqual([entry]);
  const endpoints = (await get('/')).json.data.endpoints as { path: string; quarantined?: unknown }[];
  expect(endpoints.find(({ path }) => path === '/m/maybe')?.quarantined).toEqual({ since, reason });
  expect(endpoints.find(({ path }) => path === '/m/beside')).not.toHaveProperty('quarantined');
  expect((await admin('/api/quarantine')).json.data).toEqual({ quarantined: [entry] });
  expect((await get(`/api/quarantine?token=${adminToken}`)).json.data.quarantined).toEqual([entry]);
  expect(await admin('/api/quarantine', businessToken)).toMatchObject({ status: 403 });

  const lift = async (body: unknown): Promise<{ status: number; json: any }> => {
    const answer = await fetch(`${url}/api/quarantine/lift`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: answer.status, json: await answer.json() };
  };
  expect(await lift({ token: businessToken, endpoint: '/m/maybe' })).toMatchObject({ status: 403 });
  expect(await lift({ token: adminToken, endpoint: 7 })).toMatchObject({
    status: 400,
    json: {
      code: 'INVALID_REQUEST',
      error: "endpoint: expected a path such as '/orders/create', got 'number'",
    },
  });
  expect(await lift({ token: adminToken, endpoint: '/m/maybe', more: 1 })).toMatchObject({ status: 400 });
  expect((await call('/m/maybe', { bad: false })).status).toBe(503);
  expect((await lift({ token: adminToken, endpoint: '/m/maybe' })).json.data).toEqual({
    endpoint: '/m/maybe',
    lifted: true,
  });
  expect((await lift({ token: adminToken, endpoint: '/m/maybe' })).json.data.lifted).toBe(false);
  expect((await call('/m/maybe', { bad: false })).status).toBe(200);
  expect((await get('/health')).json).not.toHaveProperty('quarantined');
});

it('ends when the file changes, or what it imports', async () => {
  const { call, write, until } = await start({ QUARANTINE_AFTER: '1' });
  await block(server as TestServer, 1);
  expect((await call('/m/maybe', { bad: false })).status).toBe(503);
  await write('m.ts', text('changed'));
  await until('/m/maybe', ({ status }) => status === 200, { bad: false });
  await block(server as TestServer, 1);
  expect((await call('/m/maybe', { bad: true })).status).toBe(503);
  await write('_spins.ts', 'export const spins = false;');
  await until('/m/maybe', ({ status }) => status === 200, { bad: true });
});

it('MCP: the call is an error result, admin tools list and lift', async () => {
  const { url } = await start({ QUARANTINE_AFTER: '1' });
  const business = await connect(url);
  const blocked = await business.callTool({ name: 'm_maybe', arguments: { bad: true } });
  expect(blocked.isError).toBe(true);
  expect(textOf(blocked)).toMatch(/FUNCTION_TIMEOUT.*blocked the process/s);
  expect(textOf(await business.callTool({ name: 'm_maybe', arguments: { bad: false } }))).toMatch(
    /QUARANTINED/,
  );
  const admin = await connect(url, { token: adminToken });
  const listed = await admin.callTool({ name: 'api_deploy_quarantine', arguments: {} });
  expect(JSON.stringify(listed.structuredContent)).toMatch(/"endpoint":"\/m\/maybe"/);
  const lifted = await admin.callTool({
    name: 'api_deploy_lift_quarantine',
    arguments: { endpoint: '/m/maybe' },
  });
  expect(JSON.stringify(lifted.structuredContent)).toMatch(/"lifted":true/);
  expect((await business.callTool({ name: 'm_maybe', arguments: { bad: false } })).isError).not.toBe(true);
  await business.close();
  await admin.close();
});

it('counts for one version of a module, and 0 means never', () => {
  let after = 2;
  const quarantine = createQuarantine(() => after);
  const first = { path: '/a/f', instance: {} };
  expect(quarantine.blocked(first, 100)).toBeUndefined();
  expect(quarantine.blocked(first, 100)?.reason).toMatch(/2 times in a row, for 0\.1 s/);
  // A call that began before and ended well does not lift it.
  quarantine.answered(first);
  expect(quarantine.refusalOf(first)?.status).toBe(503);
  const second = { path: '/a/f', instance: {} };
  expect(quarantine.refusalOf(second)).toBeUndefined();
  expect(quarantine.blocked(second, 100)).toBeUndefined();
  after = 0;
  for (let i = 0; i < 10; i++) expect(quarantine.blocked(second, 100)).toBeUndefined();
  expect(quarantine.list(new Map([['/a/f', second]]))).toEqual([]);
});
