/*
 * How long `catalog.search` takes over a large catalog: real entries in SQLite, the whole call with validation, lookup of
 * the hits, highlights and JSON.
 *
 *     npx tsx bench/platform/search.ts [entries] [rounds]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type Database } from '../../apis/_platform/storage/open-database.ts';
import { stamps } from '../../apis/_platform/storage/stamps.ts';
import { createCaller } from '../../src/testing.ts';
import { projectDir } from '../paths.ts';
import { quantile } from '../report/statistics.ts';

const verbs = [
  '查询',
  '创建',
  '删除',
  '更新',
  '导出',
  '批量导入',
  'get',
  'list',
  'create',
  'delete',
  'update',
  'sync',
];
const things =
  '用户 订单 商品 库存 支付 退款 优惠券 会员 物流 地址 发票 权限 角色 部门 日志 报表 任务 消息 评论 店铺 user order product stock payment refund coupon member shipment address invoice permission role department log report task message comment store'.split(
    ' ',
  );
const aspects =
  '详情 列表 状态 历史 统计 审核 配置 附件 明细 数量 detail page status history statistics review settings attachment items count'.split(
    ' ',
  );
/** From one character that is everywhere to words that are in one entry. */
const queries = [
  '用户',
  '订单详情',
  '批量导入发票',
  '退',
  'user',
  'us',
  'u',
  'refund history',
  'v2 coupon',
  '/orders/99',
  '权限 review',
  '店铺统计',
  'getUser',
  'depart stat',
  '优惠券 page',
  'smoke',
  '物流',
  'nothing-like-it',
  'entry 77777',
  'payment',
];

const ascending = (a: number, b: number): number => a - b;
const [entries = 100_000, rounds = 30] = process.argv.slice(2).map(Number);
const dataDir = await mkdtemp(join(tmpdir(), 'bench-search-'));
try {
  const database = await openDatabase(join(dataDir, 'platform.sqlite'));
  const began = performance.now();
  const projectId = await fill(database, entries);
  console.log(
    `${entries} entries written and indexed in ${((performance.now() - began) / 1000).toFixed(1)} s`,
  );
  await database.destroy();
  const caller = await createCaller({ projectDir, apisDir: 'apis', env: {}, config: { dataDir } });
  const all: number[] = [];
  const byQuery: { query: string; total: number; median: number; worst: number }[] = [];
  const search = (text: string, scope: object) =>
    caller.call<{ total: number }>('/catalog/search', { text, scope });
  for (const scope of [{}, { projectId }]) {
    const times = new Map<string, number[]>(queries.map((query) => [query, []]));
    const totals = new Map<string, number>();
    for (let round = -2; round < rounds; round++) {
      for (const query of queries) {
        const start = performance.now();
        const { total } = await search(query, scope);
        if (round < 0) continue;
        times.get(query)?.push(performance.now() - start);
        totals.set(query, total);
      }
    }
    for (const [query, taken] of times) {
      all.push(...taken);
      const name = 'projectId' in scope ? `${query} (in a project)` : query;
      byQuery.push({
        query: name,
        total: totals.get(query) ?? 0,
        median: quantile(taken.toSorted(ascending), 0.5),
        worst: Math.max(...taken),
      });
    }
  }
  await caller.close();
  const sorted = all.toSorted(ascending);
  console.log(`${process.version}, ${availableParallelism()} cores, ${all.length} searches`);
  console.log(
    '| query | hits (2,000 at most are counted) | median, ms | worst, ms |\n| --- | --- | --- | --- |',
  );
  for (const { query, total, median, worst } of byQuery) {
    console.log(`| ${query} | ${total} | ${median.toFixed(1)} | ${worst.toFixed(1)} |`);
  }
  console.log(
    `\nall: median ${quantile(sorted, 0.5).toFixed(2)} ms, p95 ${quantile(sorted, 0.95).toFixed(2)} ms`,
  );
} finally {
  await rm(dataDir, { recursive: true, force: true });
}

/** Half of the entries in each of two projects; gives the first one. */
async function fill(database: Database, count: number): Promise<number> {
  const modules: number[] = [];
  const projects: number[] = [];
  for (const name of ['one', 'two']) {
    const project = await database
      .insertInto('projects')
      .values({ name, description: '', authJson: '{"type":"none"}', settingsJson: '{}', ...stamps() })
      .returning('id')
      .executeTakeFirstOrThrow();
    const module = await database
      .insertInto('modules')
      .values({
        projectId: project.id,
        name,
        icon: '',
        authJson: '{"type":"inherit"}',
        position: 0,
        ownModule: null,
        ...stamps(),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    projects.push(project.id);
    modules.push(module.id);
  }
  const batch = 1000;
  for (let from = 0; from < count; from += batch) {
    const rows = Array.from({ length: Math.min(batch, count - from) }, (_, index) =>
      entryOf(from + index, modules[(from + index) % 2] ?? 0),
    );
    await database
      .transaction()
      .execute((transaction) => transaction.insertInto('apis').values(rows).execute());
  }
  return projects[0] ?? 0;
}

function entryOf(number: number, moduleId: number) {
  const pick = (words: readonly string[], step: number) =>
    words[Math.floor(number / step) % words.length] ?? '';
  const [verb, thing, aspect] = [pick(verbs, 1), pick(things, 12), pick(aspects, 480)];
  const [other] = [pick(things, 7)];
  return {
    moduleId,
    categoryId: null,
    name: /\w/.test(thing) ? `${verb} ${thing} ${aspect}` : `${verb}${thing}${aspect}`,
    method: pick(['GET', 'POST', 'PUT', 'DELETE'], 3),
    url: `{{baseUrl}}/api/v${(number % 3) + 1}/${pick(things.slice(20), 5)}s/${number}/{id}`,
    description: `${verb}${thing}的${aspect}，供${other}使用。Entry ${number}: returns the ${aspect} of ${other}.`,
    pathParamsJson: '[]',
    paramsJson: '[]',
    headersJson: '[]',
    bodyJson: '{"type":"none"}',
    authJson: '{"type":"inherit"}',
    settingsJson: '{}',
    tagsJson: JSON.stringify(number % 50 === 0 ? ['smoke', thing] : [thing]),
    assertionsJson: '[]',
    extractionsJson: '[]',
    schemasJson: null,
    ownEndpoint: null,
    position: number,
    ...stamps(),
  };
}
