import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/start-server.ts';

const config = (body: string) => `import { defineConfig } from 'api-deploy';
export default defineConfig({ adminTokens: ['the-admin-token'], ${body} });
`;

let server: TestServer;
beforeAll(async () => {
  server = await startServer({
    files: {
      'm.ts': `import { apiFunction } from 'api-deploy';\nexport const say = apiFunction(() => 'ok');\n`,
    },
    projectFiles: { 'config.ts': config(`validTokens: ['old-token']`) },
    // Empty variables count as not set: the tokens are the file's.
    env: { VALID_TOKENS: '', ADMIN_TOKENS: '' },
  });
});
afterAll(() => server.stop());

const save = (body: string) => writeFile(join(server.dir, 'config.ts'), config(body));

it('rotates tokens without a restart and without dropping a request', async () => {
  expect((await server.call('/m/say', undefined, 'old-token')).status).toBe(200);
  let stopped = false;
  const statuses = new Set<number>();
  const steady = (async () => {
    while (!stopped) statuses.add((await server.call('/m/say', undefined, 'the-admin-token')).status);
  })();
  await save(`validTokens: ['new-token']`);
  const answer = await server.admin('/api/reload-config', 'the-admin-token');
  expect(answer.json).toMatchObject({
    success: true,
    endpoint: '/api/reload-config',
    data: { changed: ['validTokens'], needRestart: [] },
  });
  expect((await server.call('/m/say', undefined, 'old-token')).json).toMatchObject({ code: 'INVALID_TOKEN' });
  expect((await server.call('/m/say', undefined, 'new-token')).status).toBe(200);
  stopped = true;
  await steady;
  expect([...statuses]).toEqual([200]);
});

it('an invalid file changes nothing, and every problem is told', async () => {
  await writeFile(
    join(server.dir, 'config.ts'),
    `export default { prot: 1, bodyLimit: 'much', validTokens: ['new-token'], adminTokens: ['the-admin-token'] };`,
  );
  const answer = await server.admin('/api/reload-config', 'the-admin-token');
  expect(answer.status).toBe(422);
  expect(answer.json.code).toBe('CONFIG_INVALID');
  expect(answer.json.error).toMatch(/prot.*did you mean 'port'/s);
  expect(answer.json.details.map(({ path }: { path: string }) => path).sort()).toEqual(['bodyLimit', 'prot']);
  expect((await server.call('/m/say', undefined, 'new-token')).status).toBe(200);
});

it('a file that throws or does not parse changes nothing and says where', async () => {
  await writeFile(join(server.dir, 'config.ts'), `\nthrow new Error('not today');`);
  const thrown = await server.admin('/api/reload-config', 'the-admin-token');
  expect(thrown.status).toBe(422);
  expect(thrown.json.error).toMatch(/config\.ts:2:\d+: Error: not today/);
  await writeFile(join(server.dir, 'config.ts'), `export default {`);
  const broken = await server.admin('/api/reload-config', 'the-admin-token');
  expect(broken.json.error).toMatch(/config\.ts:1:\d+/);
  expect((await server.call('/m/say', undefined, 'new-token')).status).toBe(200);
});

it('names keys that need a restart, and keeps their value until then', async () => {
  await save(`validTokens: ['new-token'], hotReload: false, debug: false, bodyLimit: '2 KB'`);
  const answer = await server.admin('/api/reload-config', 'the-admin-token');
  expect(answer.json.data).toEqual({
    changed: ['hotReload', 'debug', 'bodyLimit'],
    needRestart: ['hotReload'],
  });
  const again = await server.admin('/api/reload-config', 'the-admin-token');
  expect(again.json.data).toEqual({ changed: ['hotReload'], needRestart: ['hotReload'] });
  const large = await server.call('/m/say', { text: 'x'.repeat(3_000) }, 'new-token');
  expect(large.status).toBe(413);
});

it('no token is in the log, wherever it was sent', async () => {
  await server.get('/api/reload?token=the-admin-token');
  await server.get('/api/reload?token=wrong-token-in-query');
  await server.call('/m/say', { token: 'token-in-the-body-field' }, 'wrong-token-in-body');
  await server.call('/m/say', undefined, 'new-token');
  const text = JSON.stringify(await server.logLines()) + server.output();
  for (const token of [
    'the-admin-token',
    'new-token',
    'wrong-token-in-query',
    'wrong-token-in-body',
    'token-in-the-body-field',
  ]) {
    expect(text.includes(token), token).toBe(false);
  }
});
