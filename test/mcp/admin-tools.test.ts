import type { Client } from '@modelcontextprotocol/client';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { adminToken, startServer, type TestServer } from '../support/start-server.ts';
import { connect, textOf, toolNames } from './connect.ts';

const tools = [
  'generations',
  'recent_errors',
  'reload',
  'reload_config',
  'rollback',
  'search_logs',
  'state',
].map((name) => `api_deploy_${name}`);

const api = (text: string) => `import { apiFunction } from 'api-deploy';\n${text}\n`;

let server: TestServer;
let admin: Client;
let business: Client;
beforeAll(async () => {
  server = await startServer({
    args: ['--no-watch'],
    files: {
      'm.ts': api(
        `export const say = apiFunction((text: string): string => text);
         export const fail = apiFunction((): void => { throw new Error('the-cause-of-it'); });`,
      ),
      'api_deploy.ts': api(`export const state = apiFunction((): string => 'a function');`),
    },
  });
  admin = await connect(server.url, { token: adminToken });
  business = await connect(server.url);
});
afterAll(async () => {
  await admin.close();
  await business.close();
  await server.stop();
});

const call = async (name: string, args: Record<string, unknown> = {}) => {
  const result = await admin.callTool({ name: `api_deploy_${name}`, arguments: args });
  return { text: textOf(result), isError: result.isError, data: (result.structuredContent as any)?.result };
};

it('only admins see them, and only admins may call them', async () => {
  const names = await toolNames(admin);
  expect(names.filter((name) => tools.includes(name))).toEqual(tools);
  expect((await toolNames(business)).filter((name) => tools.includes(name))).toEqual([]);
  for (const name of tools) {
    const result = await business.callTool({ name });
    expect(textOf(result)).toMatch(/^FORBIDDEN: /);
    expect(result.isError).toBe(true);
  }
});

it('a function whose name they have gives way', async () => {
  const name =
    (await toolNames(business)).find((candidate) => candidate.startsWith('api_deploy_state_')) ?? '';
  expect(name).toMatch(/^api_deploy_state_[0-9a-f]{8}$/);
  expect(textOf(await business.callTool({ name }))).toBe('a function');
  expect((await call('state')).data).toMatchObject({ name: 'api-deploy' });
});

it('state tells what GET / tells', async () => {
  const { uptime: _, ...wanted } = (await server.get('/')).json.data;
  expect((await call('state')).data).toMatchObject(wanted);
});

it('reload loads what is on disk and tells what failed', async () => {
  await server.write('late.ts', api(`export const added = apiFunction((): string => 'now');`));
  expect((await call('reload')).data).toMatchObject({ swapped: true, loaded: ['late'], failed: [] });
  expect(await toolNames(business)).toContain('late_added');
  await server.write('late.ts', 'export const = 1;');
  const { data } = await call('reload');
  expect(data.failed).toMatchObject([{ module: 'late', line: 1 }]);
  expect(textOf(await business.callTool({ name: 'late_added' }))).toBe('now');
  await server.remove('late.ts');
  await call('reload');
  expect(await toolNames(business)).not.toContain('late_added');
});

it('generations lists what is at hand, and rollback goes back to it', async () => {
  await server.write('back.ts', api(`export const say = apiFunction((): string => 'before');`));
  await call('reload');
  await server.write('back.ts', api(`export const say = apiFunction((): string => 'after');`));
  await call('reload');
  const { generations } = (await call('generations')).data;
  expect(generations[0]).toMatchObject({ current: true, reason: 'admin', loaded: ['back'] });
  const { data } = await call('rollback', { module: 'back' });
  expect(data.rollback).toMatchObject({ module: 'back', held: ['apis/back.ts'] });
  expect((await server.call('/back/say')).json.data).toBe('before');
  expect((await call('rollback', { generation: 999 })).text).toMatch(
    /^GENERATION_NOT_FOUND: .*expected one of/,
  );
  expect((await call('rollback', { generation: 'soon' })).text).toMatch(/^VALIDATION_ERROR: /);
  await call('rollback', { generation: 'latest' });
  expect((await server.call('/back/say')).json.data).toBe('after');
  await server.remove('back.ts');
  await call('reload');
});

it('reload_config tells what changed, or why nothing did', async () => {
  const file = join(server.dir, 'config.ts');
  await writeFile(file, `export default { functionTimeout: '9 s', port: 1 };`);
  expect((await call('reload_config')).data).toMatchObject({ changed: ['functionTimeout'] });
  await writeFile(file, `export default { functionTimeout: 'soon' };`);
  const { text, isError } = await call('reload_config');
  expect(isError).toBe(true);
  expect(text).toMatch(/^CONFIG_INVALID: .*functionTimeout/s);
});

it('recent_errors and search_logs read the log', async () => {
  const failed = await server.call('/m/fail');
  await server.call('/m/say', { text: 'needle-1', password: 'hunter2' });
  await server.call('/m/say', { text: 'needle-2' });
  const errors = (await call('recent_errors', { limit: 5 })).data;
  expect(errors.lines[0]).toMatchObject({
    kind: 'error',
    requestId: failed.json.requestId,
    err: { message: 'the-cause-of-it' },
  });
  const found = (await call('search_logs', { text: 'NEEDLE', kind: 'request' })).data;
  expect(found.lines.map((line: any) => line.status)).toEqual([200, 422]);
  expect(JSON.stringify(found)).not.toContain('hunter2');
  const one = (await call('search_logs', { requestId: failed.json.requestId, endpoint: '/m/fail' })).data;
  expect(one.lines.length).toBeGreaterThan(0);
  const none = (await call('search_logs', { since: '2999-01-01T00:00:00Z' })).data;
  expect(none).toEqual({ lines: [] });
});

it('their arguments are validated, too', async () => {
  const { text, isError } = await call('search_logs', {
    kind: 'nonsense',
    limit: 0,
    since: 'yesterday',
    more: 1,
  });
  expect(isError).toBe(true);
  for (const path of ['kind', 'limit', 'since', 'more'])
    expect(text).toMatch(new RegExp(`^- ${path}: `, 'm'));
});
