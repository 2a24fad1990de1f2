import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuild } from '../processes/ensure-build.ts';
import { residentMemoryOf } from '../processes/process-usage.ts';
import { endAllProcesses } from '../processes/start-process.ts';
import { formatMiB, formatNumber } from '../report/format-number.ts';
import { markdownTable } from '../report/markdown-table.ts';
import { printMachine } from '../report/write-results.ts';
import { createOrderApi, startPlatform, startTargetProcess } from './platform-service.ts';

/*
 * The most resident memory that a service takes while it runs 10,000 and 100,000 requests, and 1,000 whose answers are
 * 1.5 MB, results persisted. Each in a process of its own, after the same small run. They may differ by 60 MB.
 */
const { values } = parseArgs({ options: { scale: { type: 'string', default: '1' } } });
const scale = Number(values.scale);
const allowed = 60 * 2 ** 20;
const cases = [
  { name: 'small answers', requests: 10_000 * scale, path: '/order', concurrency: 32 },
  { name: 'small answers', requests: 100_000 * scale, path: '/order', concurrency: 32 },
  { name: 'answers of 1.5 MB', requests: 1_000 * scale, path: '/large', concurrency: 10 },
];

process.on('exit', endAllProcesses);
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

ensureBuild();
printMachine();
const dir = await mkdtemp(join(tmpdir(), 'api-deploy-bench-'));
const target = await startTargetProcess(dir);

/** The most that was seen while it ran, and before. Bytes. */
async function peakOf({ requests, path, concurrency }: (typeof cases)[number]) {
  const platform = await startPlatform();
  try {
    const warmUp = await createOrderApi(platform, `${target.url}/order?warm-up`);
    const apiId = await createOrderApi(platform, target.url + path);
    const run = (api: number, iterations: number) =>
      platform.call<{ status: string; counts: { passed: number } }>('/runs/runOne', {
        apiId: api,
        iterations,
        concurrency,
        wait: true,
      });
    await run(warmUp, Math.ceil(2_000 * scale));
    const before = residentMemoryOf(platform.process.pid) ?? Number.NaN;
    let peak = before;
    const sampling = setInterval(() => {
      peak = Math.max(peak, residentMemoryOf(platform.process.pid) ?? 0);
    }, 20);
    const record = await run(apiId, Math.ceil(requests));
    clearInterval(sampling);
    if (record.counts.passed !== Math.ceil(requests))
      throw new Error(`expected ${requests} results that passed, got ${JSON.stringify(record)}`);
    return { before, peak };
  } finally {
    await platform.end();
  }
}

try {
  let first: number | undefined;
  const rows = [];
  for (const each of cases) {
    const { before, peak } = await peakOf(each);
    const over = peak - (first ?? peak);
    first ??= peak;
    rows.push([
      each.name,
      formatNumber(each.requests),
      formatMiB(before),
      formatMiB(peak),
      formatMiB(over),
      over > allowed ? 'NO' : 'yes',
    ]);
    if (over > allowed) process.exitCode = 1;
  }
  console.log(
    markdownTable(['run', 'requests', 'before, MiB', 'peak, MiB', 'over the first', 'within 60 MiB'], rows),
  );
} finally {
  await target.process.stop();
  await rm(dir, { recursive: true, force: true });
}
