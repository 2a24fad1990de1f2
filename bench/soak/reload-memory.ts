import { setTimeout as sleep } from 'node:timers/promises';
import { createCaller } from '../connection/caller.ts';
import { descendantsOf, residentMemoryOf } from '../processes/process-usage.ts';
import { bigHelper, bigModule } from './big-module.ts';
import { growthCells, growthTitles, grownBy, type Memory, type MemoryGrowth } from './memory-growth.ts';
import { measurePeerMemory, memoryPeers } from './memory-peers.ts';
import { scaled, toRows, type SoakPart } from './soak-part.ts';
import { startSoakService, type SoakService } from './soak-service.ts';

const reloads = 10_000;
/** Before them at most, so that caches and pools have the size that they keep. */
const longestWarmup = 300;
/** Megabytes that may stay. */
const limit = 20;
const patience = 30_000;

/** Collects the garbage and tells what is left. */
const probe = `import { setImmediate as turn } from 'node:timers/promises';
import { apiFunction } from 'api-deploy';
export const memory = apiFunction(async () => {
  for (let pass = 0; pass < 4; pass++) {
    (globalThis as { gc?: () => void }).gc?.();
    await turn();
  }
  const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  return { rss: process.memoryUsage().rss, heap: process.memoryUsage().heapUsed, timers };
});
`;

interface OwnMemory extends Memory {
  readonly timers: number;
}

async function saveAndWait(service: SoakService, version: number): Promise<void> {
  // Every tenth time the helper changes too.
  if (version % 10 === 0) await service.write('_lib/table.ts', bigHelper(version));
  await service.write('big.ts', bigModule(version));
  const caller = createCaller(service.port, service.request('/big/version'));
  const deadline = performance.now() + patience;
  try {
    for (;;) {
      const { text } = await caller.call();
      if (text.includes(`"version":${version},`)) break;
      if (performance.now() > deadline) throw new Error(`version ${version} was not served: ${text}`);
      await sleep(1);
    }
  } finally {
    caller.close();
  }
  // An error whose stack is mapped to the source.
  if (version % 100 === 0) await service.call('/big/version', { fail: true }).catch(() => undefined);
}

interface OwnGrowth extends MemoryGrowth {
  readonly helpers: string;
  readonly timers: string;
}

async function measure(nodeArgs: readonly string[], count: number): Promise<OwnGrowth> {
  const service = await startSoakService({
    files: { 'probe.ts': probe, 'big.ts': bigModule(0), '_lib/table.ts': bigHelper(0) },
    ready: '/probe/memory',
    nodeArgs: ['--expose-gc', ...nodeArgs],
    env: { LOG_TO_FILE: 'false' },
  });
  try {
    const read = async (): Promise<OwnMemory> => (await service.call('/probe/memory')) as OwnMemory;
    const helpersMemory = (): string => {
      const bytes = descendantsOf(service.server.pid).map((pid) => residentMemoryOf(pid) ?? 0);
      return (bytes.reduce((sum, one) => sum + one, 0) / 2 ** 20).toFixed(1);
    };
    const warmup = Math.min(longestWarmup, count);
    for (let version = 1; version <= warmup; version++) await saveAndWait(service, version);
    await sleep(2_000);
    const before = await read();
    const helpersBefore = helpersMemory();
    for (let version = 1; version <= count; version++) await saveAndWait(service, warmup + version);
    await sleep(2_000);
    const after = await read();
    return {
      reloads: count,
      before,
      after,
      helpers: `${helpersBefore} → ${helpersMemory()}`,
      timers: `${before.timers} → ${after.timers}`,
    };
  } finally {
    await service.end();
  }
}

const small = '--max-old-space-size=128';

export const reloadMemory: SoakPart = {
  name: 'memory',
  title: 'what reloads of distinct modules of 20–50 KB leave behind',
  peers: [...new Set(memoryPeers.map(({ name }) => name))],
  async run(scale, names) {
    const count = scaled(reloads, scale);
    const own = [await measure([], count), await measure([small], count)];
    const peers = memoryPeers.filter(({ name }) => names.includes(name));
    const others: MemoryGrowth[] = [];
    for (const peer of peers) others.push(await measurePeerMemory(peer, scale));
    const columns = ['api-deploy', 'api-deploy, 128 MB heap'];
    const grown = own.map((growth) => grownBy(growth) ?? Infinity);
    return {
      columns: [...columns, ...peers.map(({ label }) => label)],
      figures: toRows(
        [...growthTitles, 'helper processes, MB', 'live timers'],
        [
          ...own.map((growth) => [...growthCells(growth), growth.helpers, growth.timers]),
          ...others.map((growth) => [...growthCells(growth), '–', '–']),
        ],
      ),
      problems: grown.flatMap((more, at) =>
        more < limit ? [] : [`${columns[at]}: expected less than ${limit} MB more, got ${more.toFixed(1)}`],
      ),
    };
  },
};
