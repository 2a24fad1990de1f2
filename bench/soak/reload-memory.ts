import { setTimeout as sleep } from 'node:timers/promises';
import { createCaller } from '../connection/caller.ts';
import { descendantsOf, residentMemoryOf } from '../processes/process-usage.ts';
import { scaled, type SoakPart, type SoakReport } from './soak-part.ts';
import { startSoakService, type SoakService } from './soak-service.ts';

const reloads = 10_000;
/** Before them, so that caches and pools have the size that they keep. */
const warmup = 300;
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

const helper = (version: number): string =>
  `export const table = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [\`${version} \${at}\`, { at }]));\n`;

/** 20 to 50 KB that no other version has, with a helper, a package, a timer and a stack to map. */
function moduleText(version: number): string {
  const parts = [
    `import { z } from 'zod';
import { apiFunction } from 'api-deploy';
import { table } from './_lib/table.ts';
const schema = z.object({ name: z.string().max(${100 + (version % 50)}) });
setInterval(() => schema.safeParse({ name: 'tick' }), 60_000);
/** Answers its version. */
export const version = apiFunction((fail = false) => {
  if (fail) throw new Error('version ${version} fails');
  return { version: ${version}, entries: Object.keys(table).length, ok: schema.safeParse({ name: 'x' }).success };
});
`,
  ];
  const size = 20_000 + ((version * 7_919) % 30_000);
  for (let length = 0, at = 0; length < size; at++) {
    const part = `const row${at} = { label: 'row ${at} of version ${version}', values: [${at}, ${version}] };
function step${at}(input = 0): string { return \`\${input + row${at}.values.length} in ${version}\`; }
step${at}(${at});
`;
    parts.push(part);
    length += part.length;
  }
  return parts.join('');
}

interface Memory {
  readonly rss: number;
  readonly heap: number;
  readonly timers: number;
}

async function saveAndWait(service: SoakService, version: number): Promise<void> {
  // Every tenth time the helper changes too.
  if (version % 10 === 0) await service.write('_lib/table.ts', helper(version));
  await service.write('big.ts', moduleText(version));
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

async function measure(nodeArgs: readonly string[], count: number): Promise<SoakReport> {
  const service = await startSoakService({
    files: { 'probe.ts': probe, 'big.ts': moduleText(0), '_lib/table.ts': helper(0) },
    ready: '/probe/memory',
    nodeArgs: ['--expose-gc', ...nodeArgs],
    env: { LOG_TO_FILE: 'false' },
  });
  try {
    const read = async (): Promise<Memory> => (await service.call('/probe/memory')) as Memory;
    const helpersMemory = (): number =>
      descendantsOf(service.server.pid).reduce((sum, pid) => sum + (residentMemoryOf(pid) ?? 0), 0);
    for (let version = 1; version <= warmup; version++) await saveAndWait(service, version);
    await sleep(2_000);
    const before = await read();
    const helpersBefore = helpersMemory();
    for (let version = 1; version <= count; version++) await saveAndWait(service, warmup + version);
    await sleep(2_000);
    const after = await read();
    const grown = (after.rss - before.rss) / 2 ** 20;
    const name = nodeArgs.length === 0 ? 'default heap' : nodeArgs.join(' ');
    const mb = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
    return {
      figures: [
        [`${name}: reloads`, String(count)],
        [`${name}: resident`, `${mb(before.rss)} → ${mb(after.rss)} (${grown.toFixed(1)} MB more)`],
        [`${name}: heap`, `${mb(before.heap)} → ${mb(after.heap)}`],
        [`${name}: helper processes`, `${mb(helpersBefore)} → ${mb(helpersMemory())}`],
        [`${name}: live timers`, `${before.timers} → ${after.timers}`],
      ],
      problems:
        grown < limit ? [] : [`${name}: expected less than ${limit} MB more, got ${grown.toFixed(1)}`],
    };
  } finally {
    await service.end();
  }
}

export const reloadMemory: SoakPart = {
  name: 'memory',
  title: 'what reloads of distinct modules of 20–50 KB leave behind',
  async run(scale) {
    const count = scaled(reloads, scale);
    const plain = await measure([], count);
    const small = await measure(['--max-old-space-size=128'], count);
    return {
      figures: [...plain.figures, ...small.figures],
      problems: [...plain.problems, ...small.problems],
    };
  },
};
