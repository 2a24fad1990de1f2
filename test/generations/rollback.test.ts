import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  adminToken,
  businessToken,
  startServer,
  type Answer,
  type TestServer,
} from '../support/start-server.ts';

const says = (text: string) =>
  `import { apiFunction } from 'api-deploy';\nexport const say = apiFunction(() => '${text}');\n`;
const saysHelped = (text: string) => `import { apiFunction } from 'api-deploy';
import { helper } from './_lib/helper.ts';
import data from './_lib/data.json';
import type { Size } from './_lib/size.ts';
export const say = apiFunction(() => '${text} ' + helper + ' ' + data.text);
export const order = apiFunction((size: Size) => size);
`;
const answers = (data: unknown) => (answer: Answer) => answer.json?.data === data;

/** Saves, and gives the number of the generation that serves it. */
async function save(server: TestServer, path: string, text: string, expected: unknown): Promise<number> {
  await server.write(path, text);
  const answer = await server.until(`/${path.replace(/\.ts$/, '')}/say`, answers(expected));
  return Number(answer.headers['x-generation']);
}

const rollBack = (server: TestServer, request: Record<string, unknown>) =>
  server.post('/api/rollback', { token: adminToken, ...request });

const generations = async (server: TestServer) =>
  (await server.post('/api/generations', { token: adminToken })).json.data;

// oxlint-disable-next-line typescript/no-explicit-any
const moduleOf = async (server: TestServer, name: string): Promise<any> =>
  (await server.get('/')).json.data.modules.find((module: { name: string }) => module.name === name);

describe('one module', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ files: { 'm.ts': says('one'), 'other.ts': says('other') } });
  });
  afterAll(() => server.stop());

  it('goes back at once without touching its file, is held there, and follows its next save', async () => {
    const two = await save(server, 'm.ts', says('two'), 'two');
    const answer = await rollBack(server, { module: 'm' });
    expect(answer.json.data).toMatchObject({
      reason: 'rollback',
      swapped: true,
      loaded: ['m'],
      failed: [],
      rollback: { module: 'm', held: ['apis/m.ts'], hidden: [], released: [], alsoAffected: [] },
    });
    const after = await server.call('/m/say');
    expect(after.json.data).toBe('one');
    expect(Number(after.headers['x-generation'])).toBeGreaterThan(two);
    expect(await readFile(join(server.dir, 'apis/m.ts'), 'utf8')).toBe(says('two'));
    expect(await moduleOf(server, 'm')).toMatchObject({
      rolledBack: { files: ['apis/m.ts'], since: expect.stringMatching(/^\d{4}-.*Z$/) },
    });
    expect(await moduleOf(server, 'other')).not.toHaveProperty('rolledBack');
    // Neither a reload nor a save elsewhere ends it.
    await server.admin('/api/reload');
    await save(server, 'other.ts', says('another'), 'another');
    expect((await server.call('/m/say')).json.data).toBe('one');
    await save(server, 'm.ts', says('three'), 'three');
    expect(await moduleOf(server, 'm')).not.toHaveProperty('rolledBack');
    const lines = (await server.logLines()).map(({ message }) => String(message));
    expect(
      lines.find((line) => /generation \d+ serves, rolled back to generation \d+: apis\/m\.ts/.test(line)),
    ).toBeDefined();
    expect(lines.find((line) => /apis\/m\.ts was saved: it is not held/.test(line))).toBeDefined();
  });

  it('latest lets go of it without a save', async () => {
    await save(server, 'm.ts', says('four'), 'four');
    await save(server, 'm.ts', says('five'), 'five');
    await rollBack(server, { module: 'm' });
    expect((await server.call('/m/say')).json.data).toBe('four');
    const answer = await rollBack(server, { module: 'm', generation: 'latest' });
    expect(answer.json.data.rollback).toMatchObject({ generation: 'latest', released: ['apis/m.ts'] });
    expect((await server.call('/m/say')).json.data).toBe('five');
    expect(await moduleOf(server, 'm')).not.toHaveProperty('rolledBack');
  });

  it('going back twice goes back further, to a version that is another', async () => {
    const a = await save(server, 'm.ts', says('a'), 'a');
    for (const text of ['b', 'c']) await save(server, 'm.ts', says(text), text);
    await rollBack(server, { module: 'm' });
    expect((await server.call('/m/say')).json.data).toBe('b');
    await rollBack(server, { module: 'm' });
    expect((await server.call('/m/say')).json.data).toBe('a');
    await rollBack(server, { module: 'm', generation: a });
    expect((await server.call('/m/say')).json.data).toBe('a');
    await rollBack(server, { generation: 'latest' });
    expect((await server.call('/m/say')).json.data).toBe('c');
  });

  it('a broken save of it is taken back, too', async () => {
    await save(server, 'm.ts', says('good'), 'good');
    await server.write('m.ts', 'export const = 1;');
    await server.until('/', ({ json }) =>
      json.data.modules.some(
        (module: { name: string; error?: unknown }) => module.name === 'm' && module.error,
      ),
    );
    const { generation } = (await server.get('/')).json.data;
    await rollBack(server, { module: 'm', generation });
    expect(await moduleOf(server, 'm')).toMatchObject({ rolledBack: { generation } });
    expect(await moduleOf(server, 'm')).not.toHaveProperty('error');
    await save(server, 'm.ts', says('mended'), 'mended');
  });
});

describe('helpers, JSON and types', () => {
  it('are those of the generation, and others that use them are named', async () => {
    const server = await startServer({
      files: {
        'm.ts': saysHelped('m1'),
        'other.ts': saysHelped('o1'),
        '_lib/helper.ts': `export const helper = 'h1';`,
        '_lib/data.json': '{"text": "d1"}',
        '_lib/size.ts': `export type Size = 's';`,
      },
    });
    try {
      const first = await server.generation();
      await server.write('_lib/helper.ts', `export const helper = 'h2';`);
      await server.until('/m/say', answers('m1 h2 d1'));
      await server.write('_lib/data.json', '{"text": "d2"}');
      await server.until('/m/say', answers('m1 h2 d2'));
      await server.write('_lib/size.ts', `export type Size = 's' | 'm';`);
      await server.until('/m/order', answers('m'), { size: 'm' });
      await server.write('m.ts', saysHelped('m2'));
      await server.until('/m/say', answers('m2 h2 d2'));
      const { data } = (await rollBack(server, { module: 'm', generation: first })).json;
      expect(data.rollback).toMatchObject({
        held: ['apis/_lib/data.json', 'apis/_lib/helper.ts', 'apis/_lib/size.ts', 'apis/m.ts'],
        alsoAffected: ['other'],
      });
      expect(data.contract.breaking).toEqual(
        expect.arrayContaining([expect.objectContaining({ endpoint: '/m/order', breaking: true })]),
      );
      expect((await server.call('/m/say')).json.data).toBe('m1 h1 d1');
      expect((await server.call('/other/say')).json.data).toBe('o1 h1 d1');
      expect((await server.call('/m/order', { size: 'm' })).status).toBe(422);
      expect(await moduleOf(server, 'other')).toMatchObject({
        rolledBack: { files: ['apis/_lib/data.json', 'apis/_lib/helper.ts', 'apis/_lib/size.ts'] },
      });
      // Each file is let go of by its own save.
      await server.write('_lib/helper.ts', `export const helper = 'h3';`);
      await server.until('/m/say', answers('m1 h3 d1'));
      await server.write('_lib/size.ts', `export type Size = 's' | 'm' | 'l';`);
      await server.until('/m/order', answers('l'), { size: 'l' });
    } finally {
      await server.stop();
    }
  });
});

describe('everything', () => {
  it('goes back to a generation: what was removed serves, what was added does not', async () => {
    const server = await startServer({
      files: {
        'stays.ts': says('s1'),
        'removed.ts': saysGone,
        '_lib/gone.ts': `export const gone = 'g';`,
      },
    });
    try {
      const first = await server.generation();
      expect((await server.call('/removed/say')).json.data).toBe('g');
      await save(server, 'stays.ts', says('s2'), 's2');
      await save(server, 'added.ts', says('added'), 'added');
      await server.remove('removed.ts');
      await server.remove('_lib/gone.ts');
      await server.until('/removed/say', ({ status }) => status === 404);
      const { data } = (await rollBack(server, { generation: first })).json;
      expect(data).toMatchObject({ backTo: first, removed: ['added'], loaded: ['removed', 'stays'] });
      expect(data.rollback).toMatchObject({
        held: ['apis/_lib/gone.ts', 'apis/removed.ts', 'apis/stays.ts'],
        hidden: ['apis/added.ts'],
      });
      expect((await server.call('/removed/say')).json.data).toBe('g');
      expect((await server.call('/stays/say')).json.data).toBe('s1');
      expect((await server.call('/added/say')).status).toBe(404);
      expect(await moduleOf(server, 'added')).toMatchObject({ functions: [], rolledBack: { hidden: true } });
      await server.admin('/api/reload');
      expect((await server.call('/added/say')).status).toBe(404);
      expect((await server.call('/removed/say')).json.data).toBe('g');
      await save(server, 'added.ts', says('added again'), 'added again');
      const back = (await rollBack(server, { generation: 'latest' })).json.data;
      expect(back.removed).toEqual(['removed']);
      expect((await server.call('/stays/say')).json.data).toBe('s2');
      expect((await server.call('/removed/say')).status).toBe(404);
    } finally {
      await server.stop();
    }
  });

  it('or not at all: what does not load any more is named, and nothing has changed', async () => {
    const conditional = (text: string) => `import { existsSync } from 'node:fs';
import { apiFunction } from 'api-deploy';
if (existsSync(import.meta.dirname + '/../no-${text}')) throw new Error('cannot serve ${text} any more');
export const say = apiFunction(() => '${text}');
`;
    const server = await startServer({ files: { 'a.ts': conditional('a1'), 'b.ts': conditional('b1') } });
    try {
      const first = await server.generation();
      await save(server, 'a.ts', conditional('a2'), 'a2');
      await save(server, 'b.ts', conditional('b2'), 'b2');
      const before = await server.generation();
      await server.write('../no-b1', '');
      const answer = await rollBack(server, { generation: first });
      expect(answer.status).toBe(422);
      expect(answer.json).toMatchObject({
        code: 'ROLLBACK_FAILED',
        details: [
          { module: 'b', file: 'apis/b.ts', line: 3, cause: expect.stringContaining('cannot serve b1') },
        ],
      });
      expect(await server.generation()).toBe(before);
      expect((await server.call('/a/say')).json.data).toBe('a2');
      expect((await server.call('/b/say')).json.data).toBe('b2');
      for (const name of ['a', 'b']) {
        expect(await moduleOf(server, name)).not.toHaveProperty('rolledBack');
        expect(await moduleOf(server, name)).not.toHaveProperty('error');
      }
      expect((await server.admin('/api/reload')).json.data).toMatchObject({ swapped: false, failed: [] });
      // The type checker is back with what serves, too.
      await save(server, 'b.ts', conditional('b3'), 'b3');
    } finally {
      await server.stop();
    }
  });
});

describe('what is asked for', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ files: { 'm.ts': says('one') }, env: { KEEP_GENERATIONS: '3' } });
  });
  afterAll(() => server.stop());

  it('generations are listed, newest first, with hashes and what changed; the last few stay', async () => {
    for (const text of ['two', 'three', 'four']) await save(server, 'm.ts', says(text), text);
    await server.write('n.ts', says('n'));
    await server.until('/n/say', answers('n'));
    const data = await generations(server);
    expect(data.generations).toHaveLength(3);
    const [newest, before] = data.generations;
    expect(newest).toMatchObject({
      current: true,
      reason: 'save',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      modules: { m: expect.stringMatching(/^[0-9a-f]{16}$/), n: expect.stringMatching(/^[0-9a-f]{16}$/) },
      loaded: ['n'],
      endpoints: { added: ['/n/say'], changed: [], removed: [] },
      contract: { breaking: [], compatible: [expect.objectContaining({ endpoint: '/n/say' })] },
    });
    expect(before.current).toBe(false);
    expect(before.modules.m).toBe(newest.modules.m);
    const one = await server.post('/api/generations', { token: adminToken, generation: newest.generation });
    expect(one.json.data.files.m).toEqual({ 'apis/m.ts': newest.modules.m });
  });

  it.each([
    { request: {}, status: 422, code: 'VALIDATION_ERROR', error: /expected 'generation'.*'module'/ },
    {
      request: { generation: 'yesterday' },
      status: 422,
      code: 'VALIDATION_ERROR',
      error: /got '"yesterday"'/,
    },
    {
      request: { generation: 1.5, module: 7 },
      status: 422,
      code: 'VALIDATION_ERROR',
      error: /generation: .*module: /,
    },
    { request: { generation: 999 }, status: 404, code: 'GENERATION_NOT_FOUND', error: /expected one of \d+/ },
    { request: { module: 'nope' }, status: 404, code: 'GENERATION_NOT_FOUND', error: /expected one of m, n/ },
    { request: { module: 'n' }, status: 404, code: 'GENERATION_NOT_FOUND', error: /same version in every/ },
    { request: { body: { module: 'nope' } }, status: 404, code: 'GENERATION_NOT_FOUND', error: /'nope'/ },
    { request: { modul: 'm' }, status: 400, code: 'INVALID_REQUEST', error: /'modul'/ },
  ])('$request is refused with what would do', async ({ request, status, code, error }) => {
    // Not the generation: types of results that a save left for later may be swapped in meanwhile.
    const contents = async (): Promise<unknown> => (await server.get('/')).json.data.modules;
    const before = await contents();
    const answer = await rollBack(server, request);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ code, error: expect.stringMatching(error) });
    expect(await contents()).toEqual(before);
  });

  it('only admins may, and only by POST', async () => {
    const business = await server.post('/api/rollback', { token: businessToken, generation: 1 });
    expect(business.json.code).toBe('INVALID_ADMIN_TOKEN');
    expect((await server.post('/api/rollback', { generation: 1 })).json.code).toBe('MISSING_ADMIN_TOKEN');
    const byGet = await server.get(`/api/rollback?token=${adminToken}&generation=1`);
    expect([byGet.status, byGet.headers['allow']]).toEqual([405, 'POST']);
    expect((await server.get(`/api/generations?token=${adminToken}`)).json.data.generations).toHaveLength(3);
    expect((await server.get('/api/generations')).json.code).toBe('MISSING_ADMIN_TOKEN');
  });
});

const saysGone = `import { apiFunction } from 'api-deploy';
import { gone } from './_lib/gone.ts';
export const say = apiFunction(() => gone);
`;
