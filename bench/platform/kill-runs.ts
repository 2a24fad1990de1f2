import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import SqliteDatabase from 'better-sqlite3';
import { ensureBuild } from '../processes/ensure-build.ts';
import { endAllProcesses } from '../processes/start-process.ts';
import { markdownTable } from '../report/markdown-table.ts';
import { printMachine } from '../report/write-results.ts';
import {
  createOrderApi,
  startPlatform,
  startTargetProcess,
  type PlatformService,
} from './platform-service.ts';

/*
 * Ends a service with SIGKILL again and again in the middle of runs. Whatever a client had seen before a kill must be
 * there after it, nothing twice, the database whole, and each run must come to its end. Exit code 1: it did not.
 */
const { values } = parseArgs({
  options: { kills: { type: 'string', default: '50' }, seed: { type: 'string' } },
});
const kills = Number(values.kills);
let seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));

process.on('exit', endAllProcesses);
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

/** From 0 to 1, the same for the same seed. */
function random(): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return seed / 0x7fffffff;
}

interface Seen {
  id: number;
  sequence: number;
  iteration: number;
  path: string;
  status: string;
}

interface Run {
  id: number;
  requests: number;
  seen: Map<number, Seen>;
}

/** Takes down everything that can be seen of a run after what is known of it. */
async function look(platform: PlatformService, run: Run): Promise<void> {
  for (;;) {
    const page = Math.floor(run.seen.size / 200) + 1;
    const { items } = await platform.call<{ items: Seen[] }>('/runs/results', {
      id: run.id,
      page,
      pageSize: 200,
    });
    for (const item of items) run.seen.set(item.id, item);
    if (items.length < 200) return;
  }
}

/** Compares the file itself with what was seen; gives what is wrong. */
function check(file: string, runs: readonly Run[]): string[] {
  const database = new SqliteDatabase(file);
  const problems: string[] = [];
  const integrity = database.pragma('integrity_check', { simple: true });
  if (integrity !== 'ok') problems.push(`integrity_check: ${String(integrity)}`);
  const read = database.prepare<[number], Seen>(
    'select * from test_results where record_id = ? order by sequence',
  );
  for (const { id, seen } of runs) {
    const rows = read.all(id);
    const byId = new Map(rows.map((row) => [row.id, row]));
    const places = new Set(rows.map(({ iteration, path }) => `${iteration} ${path}`));
    const lost = [...seen.values()].filter((each) => {
      const row = byId.get(each.id);
      return (
        row?.sequence !== each.sequence || row.iteration !== each.iteration || row.status !== each.status
      );
    });
    if (lost.length > 0) problems.push(`run ${id}: ${lost.length} results that were seen are gone`);
    if (places.size !== rows.length)
      problems.push(`run ${id}: ${rows.length - places.size} results are there twice`);
    if (rows.some(({ sequence }, index) => sequence !== index))
      problems.push(`run ${id}: the order has gaps`);
  }
  database.close();
  return problems;
}

ensureBuild();
printMachine('nothing is pinned');
console.log(`seed ${seed}\n`);
const dir = await mkdtemp(join(tmpdir(), 'api-deploy-kills-'));
const file = join(dir, 'data/platform.sqlite');
const target = await startTargetProcess(dir);
const problems: string[] = [];
const runs: Run[] = [];
let open: Run[] = [];
let platform = await startPlatform({ role: 'unpinned', dir });

/** At least two that are not at their end. */
async function keepRunning(apiId: number): Promise<void> {
  const states = await Promise.all(
    open.map(({ id }) => platform.call<{ status: string }>('/runs/get', { id })),
  );
  open = open.filter((_, index) => states[index]?.status === 'running' || states[index]?.status === 'queued');
  while (open.length < 2) {
    const requests = 500 + Math.floor(random() * 2_500);
    const concurrency = 1 + Math.floor(random() * 8);
    const body = { apiId, iterations: requests, concurrency, ratePerSecond: 400 };
    const { id } = await platform.call<{ id: number }>('/runs/runOne', body);
    const run = { id, requests, seen: new Map<number, Seen>() };
    runs.push(run);
    open.push(run);
  }
}

try {
  const apiId = await createOrderApi(platform, `${target.url}/order`);
  for (let kill = 1; kill <= kills && problems.length === 0; kill += 1) {
    await keepRunning(apiId);
    await sleep(200 + random() * 800);
    for (const run of open) await look(platform, run);
    await platform.process.kill();
    problems.push(...check(file, runs).map((problem) => `after kill ${kill}: ${problem}`));
    platform = await startPlatform({ role: 'unpinned', dir });
    if (kill % 10 === 0) console.log(`${kill} kills, ${runs.length} runs`);
  }
  for (const { id, requests } of runs) {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const { status, counts } = await platform.call<{ status: string; counts: { passed: number } }>(
        '/runs/get',
        { id },
      );
      if (status === 'passed' && counts.passed === requests) break;
      if ((status !== 'running' && status !== 'queued') || Date.now() > deadline) {
        problems.push(
          `run ${id}: expected 'passed' with ${requests} results, got '${status}' with ${counts.passed}`,
        );
        break;
      }
      await sleep(100);
    }
  }
  for (const run of runs) await look(platform, run);
  problems.push(...check(file, runs));
  const results = runs.reduce((sum, { seen }) => sum + seen.size, 0);
  console.log(
    `\n${markdownTable(['kills', 'runs', 'results', 'problems'], [[String(kills), String(runs.length), String(results), String(problems.length)]])}`,
  );
  for (const problem of problems) console.log(`NOT KEPT: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
} finally {
  await platform.end();
  await target.process.stop();
  await rm(dir, { recursive: true, force: true });
}
