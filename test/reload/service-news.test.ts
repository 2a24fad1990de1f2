import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ReloadNews } from '../../src/index.ts';
import { startServer, type TestServer } from '../support/start-server.ts';

const listening = `
import { appendFileSync } from 'node:fs';
import { apiFunction, onLoad, type Service } from 'api-deploy';
let service: Service;
onLoad((running) => {
  service = running;
  service.onReload(async (news) => {
    const answered = await service.call('/n/f', { a: 1 });
    service.note('heard of ' + news.generation, { heard: news.reason });
    const line = { ...news, answered, baseUrl: service.baseUrl, by: service.processName, debug: service.config['debug'] };
    appendFileSync(service.projectDir + '/news.jsonl', JSON.stringify(line) + '\\n');
  });
});
export const log = apiFunction(() => { service.log.info('a line of its own'); return service.baseUrl; });
`;
const version = (n: number) =>
  `import { apiFunction } from 'api-deploy';\nexport const f = apiFunction((a: number) => a + ${n});`;

type Heard = ReloadNews & {
  readonly answered: unknown;
  readonly baseUrl: string;
  readonly by: string;
  readonly debug: boolean;
};

async function until(
  server: TestServer,
  done: (heard: readonly Heard[]) => boolean,
): Promise<readonly Heard[]> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const text = await readFile(join(server.dir, 'news.jsonl'), 'utf8').catch(() => '');
    const heard = text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Heard);
    if (done(heard)) return heard;
    if (Date.now() > deadline) throw new Error(`never heard; ${text}\n${server.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

it('a listener hears of the start once calls are taken, and of a save once it serves', async () => {
  const server = await startServer({ files: { 'm.ts': listening, 'n.ts': version(1) } });
  const [start] = await until(server, (heard) => heard.length > 0);
  expect(start).toMatchObject({ reason: 'start', baseUrl: server.url, by: 'main', debug: true });
  expect(start?.answered).toEqual({ success: true, data: 2 });
  await server.write('n.ts', version(2));
  const heard = await until(server, (all) =>
    all.some(({ loaded }) => loaded.includes('n') && loaded.length === 1),
  );
  expect(heard.at(-1)).toMatchObject({
    reason: 'save',
    touched: ['/n/f'],
    answered: { success: true, data: 3 },
  });
  expect((await server.call('/m/log')).json.data).toBe(server.url);
  await server.stop();
  expect(server.output()).toContain('heard of');
});

it('lines, notes and calls carry the module', async () => {
  const server = await startServer({ files: { 'm.ts': listening, 'n.ts': version(1) } });
  await until(server, (heard) => heard.length > 0);
  await server.call('/m/log');
  const deadline = Date.now() + 10_000;
  let lines: Record<string, unknown>[] = [];
  while (!lines.some(({ message }) => message === 'a line of its own') && Date.now() < deadline)
    lines = await server.logLines();
  expect(lines.find(({ message }) => message === 'a line of its own')).toMatchObject({
    kind: 'call',
    module: 'm',
  });
  expect(lines.find(({ message }) => String(message).startsWith('heard of'))).toMatchObject({
    kind: 'system',
    module: 'm',
    heard: 'start',
  });
  expect(lines.find(({ method }) => method === 'CALL')).toMatchObject({
    kind: 'request',
    endpoint: '/n/f',
    principal: 'service:m',
  });
  await server.stop();
});

it('the configuration is the one in force', async () => {
  const server = await startServer({
    files: { 'm.ts': listening, 'n.ts': version(1) },
    projectFiles: { 'config.ts': 'export default { debug: true };' },
  });
  await until(server, (heard) => heard.length > 0);
  await server.write('../config.ts', 'export default { debug: false };');
  expect((await server.admin('/api/reload-config')).status).toBe(200);
  await server.write('n.ts', version(2));
  const heard = await until(server, (all) =>
    all.some(({ answered }) => JSON.stringify(answered).includes('3')),
  );
  expect(heard.at(-1)?.debug).toBe(false);
  await server.stop();
});

it('each of several processes hears it, under a name of its own', async () => {
  const server = await startServer({
    files: { 'm.ts': listening, 'n.ts': version(1) },
    env: { WORKERS: '2' },
  });
  const both = await until(server, (heard) => heard.length >= 2);
  expect(new Set(both.map(({ by }) => by)).size).toBe(2);
  for (const { by, reason, baseUrl } of both) {
    expect(by).toMatch(/^worker-\d+$/);
    expect(reason).toBe('start');
    expect(baseUrl).toBe(server.url);
  }
  await server.write('n.ts', version(2));
  const saved = await until(server, (heard) => heard.filter(({ reason }) => reason === 'save').length >= 2);
  for (const { answered, loaded } of saved.filter(({ reason }) => reason === 'save')) {
    expect(loaded).toEqual(['n']);
    expect(answered).toEqual({ success: true, data: 3 });
  }
  await server.stop();
});
