import fc from 'fast-check';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { highlight } from '../../../apis/_platform/catalog/highlight.ts';
import { openDatabase } from '../../../apis/_platform/storage/open-database.ts';
import { searchExpression, searchTokens } from '../../../apis/_platform/storage/search-tokens.ts';
import { openPlatform, type Platform } from '../support/open-platform.ts';

let platform: Platform;
let projectId: number;
let moduleId: number;
beforeAll(async () => {
  platform = await openPlatform();
  projectId = (await platform.call('/projects/create', { name: 'p' })).id;
  moduleId = (await platform.call('/modules/create', { projectId, name: 'm' })).id;
}, 120_000);
afterAll(() => platform.close());

const add = (name: string, more: object = {}) =>
  platform.call('/catalog/create', { moduleId, name, url: '/', ...more });
const found = async (text: string, scope: object = { moduleId }) => {
  const { items, total } = await platform.call('/catalog/search', { text, scope, pageSize: 200 });
  expect(items.length).toBe(total);
  return items.map(({ name }: any) => name).sort();
};

describe('catalog.search', () => {
  it('finds Chinese anywhere, one character too, and words by their beginning', async () => {
    await add('用户登录接口', { description: '校验密码', tags: ['冒烟测试'] });
    await add('用户注册', { url: '/api/v2/register' });
    await add('getUserById', { url: '/users/{id}', description: 'Gives one user.' });
    await add('Café résumé', { url: 'https://example.com/Ünïcode' });
    expect(await found('登录')).toEqual(['用户登录接口']);
    expect(await found('户登')).toEqual(['用户登录接口']);
    expect(await found('登户')).toEqual([]);
    expect(await found('用')).toEqual(['用户注册', '用户登录接口'].sort());
    expect(await found('口')).toEqual(['用户登录接口']);
    expect(await found('密码')).toEqual(['用户登录接口']);
    expect(await found('冒烟')).toEqual(['用户登录接口']);
    expect(await found('用户 register')).toEqual(['用户注册']);
    expect(await found('v2')).toEqual(['用户注册']);
    expect(await found('us')).toEqual(['getUserById']);
    expect(await found('USER by')).toEqual(['getUserById']);
    expect(await found('userById')).toEqual(['getUserById']);
    expect(await found('users/{id}')).toEqual(['getUserById']);
    expect(await found('cafe RESUME')).toEqual(['Café résumé']);
    expect(await found('unicode')).toEqual(['Café résumé']);
    expect(await found('"\'*() AND OR NEAR ^')).toEqual([]);
    expect(await found('!?')).toEqual([]);
  });

  it('puts names before descriptions, and marks what it found', async () => {
    const other = await platform.call('/modules/create', { projectId, name: 'ranked' });
    const put = (name: string, description: string) =>
      platform.call('/catalog/create', { moduleId: other.id, name, url: '/x', description });
    await put('导出', `${'很长的说明，'.repeat(50)}这里提到退款。${'之后还有。'.repeat(50)}`);
    await put('退款申请', '<b>html</b>');
    const { items } = await platform.call('/catalog/search', { text: '退款', scope: { moduleId: other.id } });
    expect(items.map(({ name }: any) => name)).toEqual(['退款申请', '导出']);
    expect(items[0].highlights).toEqual({ name: { text: '退款申请', ranges: [[0, 2]] } });
    const { text, ranges } = items[1].highlights.description;
    expect(text.length).toBeLessThan(210);
    expect(text.slice(...ranges[0])).toBe('退款');
    expect(items[0]).toMatchObject({ projectId, method: 'GET', tags: [], lastResult: null });
  });

  it('follows every change, also what was written without these functions, and removals that cascade', async () => {
    const module = await platform.call('/modules/create', { projectId, name: 'changing' });
    const scope = { moduleId: module.id };
    const entry = await platform.call('/catalog/create', { moduleId: module.id, name: '旧名字', url: '/' });
    expect(await found('旧名', scope)).toEqual(['旧名字']);
    await platform.call('/catalog/update', { id: entry.id, version: 1, changes: { name: '新名字' } });
    expect(await found('旧名', scope)).toEqual([]);
    expect(await found('新名', scope)).toEqual(['新名字']);
    const direct = await openDatabase(join(platform.dataDir, 'platform.sqlite'));
    await direct.updateTable('apis').set({ description: 'zebra' }).where('id', '=', entry.id).execute();
    await direct.destroy();
    expect(await found('zebra', scope)).toEqual(['新名字']);
    const copy = await platform.call('/modules/duplicate', { id: module.id });
    expect(await found('zebra', { moduleId: copy.id })).toEqual(['新名字']);
    await platform.call('/modules/remove', { id: module.id });
    expect(await found('zebra', { projectId })).toEqual(['新名字']);
    await platform.call('/modules/remove', { id: copy.id });
    expect(await found('zebra', {})).toEqual([]);
  });

  it('pages, and stays within its scope', async () => {
    const other = await platform.call('/projects/create', { name: 'elsewhere' });
    const module = await platform.call('/modules/create', { projectId: other.id, name: 'm' });
    for (let n = 0; n < 5; n++) {
      await platform.call('/catalog/create', { moduleId: module.id, name: `quagga ${n}`, url: '/' });
    }
    const pages = await Promise.all(
      [1, 2, 3].map((page) => platform.call('/catalog/search', { text: 'quagga', page, pageSize: 2 })),
    );
    expect(pages.map(({ items, total }) => [items.length, total])).toEqual([
      [2, 5],
      [2, 5],
      [1, 5],
    ]);
    expect(new Set(pages.flatMap(({ items }) => items.map(({ id }: any) => id))).size).toBe(5);
    expect(await found('quagga', { projectId })).toEqual([]);
    expect(await found('quagga', { projectId: other.id })).toHaveLength(5);
    for (const body of [{ text: '' }, { text: 'x'.repeat(201) }, { text: 'a', pageSize: 201 }]) {
      expect(await platform.refusal('/catalog/search', body)).toMatchObject({ code: 'VALIDATION_ERROR' });
    }
  });

  it('gives the first pages of a word that is nearly everywhere', async () => {
    const direct = await openDatabase(join(platform.dataDir, 'platform.sqlite'));
    const { id: _id, ...row } = await direct
      .selectFrom('apis')
      .selectAll()
      .where('moduleId', '=', moduleId)
      .limit(1)
      .executeTakeFirstOrThrow();
    for (let from = 0; from < 2400; from += 400) {
      const rows = Array.from({ length: 400 }, (_, index) => ({
        ...row,
        name: from + index === 2399 ? 'okapi' : 'other',
        description: 'okapi',
      }));
      await direct.insertInto('apis').values(rows).execute();
    }
    await direct.destroy();
    const first = await platform.call('/catalog/search', { text: 'okapi', pageSize: 50 });
    expect(first).toMatchObject({ total: 2000 });
    expect(first.items[0].name).toBe('okapi');
    const second = await platform.call('/catalog/search', { text: 'okapi', pageSize: 50, page: 2 });
    const ids = [...first.items, ...second.items].map(({ id }: any) => id);
    expect(new Set(ids).size).toBe(100);
  });
});

it('makes a valid expression of any text, which finds the text that it is in', async () => {
  const database = await openDatabase(':memory:');
  const seed = Date.now() % 2 ** 31;
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.constantFrom('用户登录', 'ユーザー', 'getUserById', 'v1', '"', '*', ' AND ', '사용자'),
  );
  const text = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(' '));
  const { sql } = await import('kysely');
  await fc.assert(
    fc.asyncProperty(text, fc.nat(), async (whole, at) => {
      const expression = searchExpression(whole);
      if (expression === undefined) return;
      await sql`delete from api_texts`.execute(database);
      await sql`insert into api_texts (rowid, name) values (${1 + (at % 5)}, ${searchTokens(whole)})`.execute(
        database,
      );
      const { rows } = await sql`select rowid from api_texts where api_texts match ${expression}`.execute(
        database,
      );
      expect(rows, `seed ${seed}: ${JSON.stringify(whole)} as ${expression}`).toHaveLength(1);
    }),
    {
      seed,
      numRuns: 300,
      examples: [
        ['ﱞ 用户登录', 0],
        ['aﱞb', 0],
        ['ﷺ', 0],
      ],
    },
  );
  await database.destroy();
});

it('marks within the text, whatever is looked for', () => {
  const seed = Date.now() % 2 ** 31;
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.string({ unit: 'grapheme', maxLength: 5 }),
      (text, query) => {
        const marked = highlight(text, query);
        let last = -1;
        for (const [start, end] of marked?.ranges ?? []) {
          expect(start, `seed ${seed}`).toBeGreaterThan(last);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(marked?.text.length ?? 0);
          last = end;
        }
      },
    ),
    { seed },
  );
  expect(highlight('GET /getUserById user', 'user by')).toEqual({
    text: 'GET /getUserById user',
    ranges: [
      [8, 14],
      [17, 21],
    ],
  });
});

describe('catalog.statistics', () => {
  it('counts by method, module and category, with the latest result of each entry', async () => {
    const project = await platform.call('/projects/create', { name: '统计' });
    const module = await platform.call('/modules/create', { projectId: project.id, name: '甲' });
    const category = await platform.call('/categories/create', { moduleId: module.id, name: '乙' });
    const make = async (method: string, categoryId: number | null) =>
      (
        await platform.call('/catalog/create', {
          moduleId: module.id,
          name: 'n',
          url: '/',
          method,
          categoryId,
        })
      ).id;
    const [a, b] = [await make('GET', category.id), await make('GET', null)];
    await make('POST', null);
    const direct = await openDatabase(join(platform.dataDir, 'platform.sqlite'));
    const at = (second: number) => `2030-01-01T00:00:0${second}.000Z`;
    const record = await direct
      .insertInto('testRecords')
      .values({
        projectId: project.id,
        name: 'r',
        type: 'normal',
        status: 'failed',
        configJson: '{}',
        environmentId: null,
        scenarioId: null,
        scheduleId: null,
        total: 3,
        passed: 1,
        failed: 2,
        error: 0,
        skipped: 0,
        cancelled: 0,
        cancelRequested: 0,
        owner: null,
        leaseUntil: null,
        errorJson: null,
        startedAt: null,
        completedAt: null,
        createdAt: at(0),
        updatedAt: at(0),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    for (const [sequence, [apiId, status]] of [
      [a, 'failed'],
      [b, 'failed'],
      [a, 'passed'],
    ].entries()) {
      await direct
        .insertInto('testResults')
        .values({
          recordId: record.id,
          sequence,
          iteration: 0,
          path: `requests[${sequence}]`,
          name: 'n',
          apiId: apiId as number,
          status: status as string,
          method: 'GET',
          url: '/',
          httpStatus: 200,
          time: 5,
          startedAt: at(sequence),
          resultJson: '{}',
        })
        .execute();
    }
    await direct.destroy();
    const statistics = await platform.call('/catalog/statistics', { projectId: project.id });
    const none = { passed: 0, failed: 0, error: 0, skipped: 0, cancelled: 0 };
    expect(statistics).toEqual({
      total: 3,
      tested: 2,
      untested: 1,
      last: { ...none, passed: 1, failed: 1 },
      byMethod: [
        { method: 'GET', total: 2, tested: 2, untested: 0, last: { ...none, passed: 1, failed: 1 } },
        { method: 'POST', total: 1, tested: 0, untested: 1, last: none },
      ],
      byModule: [
        {
          moduleId: module.id,
          name: '甲',
          total: 3,
          tested: 2,
          untested: 1,
          last: { ...none, passed: 1, failed: 1 },
        },
      ],
      byCategory: expect.arrayContaining([
        {
          moduleId: module.id,
          categoryId: category.id,
          name: '乙',
          total: 1,
          tested: 1,
          untested: 0,
          last: { ...none, passed: 1 },
        },
      ]),
    });
    const { items } = await platform.call('/catalog/list', {
      filter: { projectId: project.id, tested: true },
    });
    expect(items.map(({ id, lastResult }: any) => [id, lastResult.status])).toEqual([
      [a, 'passed'],
      [b, 'failed'],
    ]);
    expect(await platform.refusal('/catalog/statistics', { projectId: 999_999 })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
