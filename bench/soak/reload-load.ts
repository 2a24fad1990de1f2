import { setTimeout as sleep } from 'node:timers/promises';
import type { CallerAnswer } from '../connection/caller.ts';
import type { ReloadContender } from '../reload/contenders.ts';
import { loadPeers, startLoadPeer } from './load-peers.ts';
import { scaled, toRows, type SoakPart } from './soak-part.ts';
import { startSoakService } from './soak-service.ts';
import { describeFailures, failedOf, startSteadyLoad, type LoadCounts } from './steady-load.ts';

const reloads = 1_000;
const connections = 32;
const perSecond = 500;
/** Between saves. Milliseconds. */
const pause = 40;
const calmSeconds = 15;
const slowSaves = 30;
const slowPause = 1_000;

const helper = (version: number): string => `export const fromHelper = () => ${version};\n`;
const module = (version: number): string => `import { setTimeout as sleep } from 'node:timers/promises';
import { apiFunction } from 'api-deploy';
import { fromHelper } from './_lib/helper.ts';
export const versions = apiFunction(async (wait = 5) => {
  const before = fromHelper();
  await sleep(wait);
  const late = await import('./_lib/helper.ts');
  return [before, fromHelper(), late.fromHelper(), ${version}];
});
`;

/** The helper's three readings are one generation's. */
function check({ status, text }: CallerAnswer): string | undefined {
  if (status !== 200) return `status ${status}`;
  const { data } = JSON.parse(text) as { data: number[] };
  return new Set(data.slice(0, 3)).size === 1 ? undefined : 'mixed generations';
}

interface WithSaves extends LoadCounts {
  readonly saves: number;
  /** Different versions that answered. */
  readonly seen: number;
}

/** What one contender did under the load, with saves and without. */
interface Measured {
  readonly before: LoadCounts;
  readonly during: WithSaves;
  /** With one save a second, which tools that wait for quiet can serve. */
  readonly slow: WithSaves;
  readonly after: LoadCounts;
}

interface Contender {
  readonly port: number;
  readonly request: Buffer;
  readonly check: (answer: CallerAnswer) => string | undefined;
  /** Of a good answer. */
  readonly versionOf: (text: string) => number;
  readonly save: (version: number) => Promise<void>;
}

async function measure(contender: Contender, scale: number): Promise<Measured> {
  const { port, request, versionOf, save } = contender;
  const seen = new Set<number>();
  const check = (answer: CallerAnswer): string | undefined => {
    const why = contender.check(answer);
    if (why === undefined) seen.add(versionOf(answer.text));
    return why;
  };
  const under = async (work: () => Promise<unknown>): Promise<LoadCounts> => {
    const load = startSteadyLoad({ port, connections, perSecond, request, check });
    await work();
    return await load.stop();
  };
  const calm = (): Promise<LoadCounts> => under(() => sleep(calmSeconds * 1000 * Math.max(scale, 0.1)));
  // The first seconds are those of a compiler that warms up.
  await calm();
  const before = await calm();
  let version = 0;
  const withSaves = async (saves: number, every: number): Promise<WithSaves> => {
    seen.clear();
    const counts = await under(async () => {
      for (const last = version + saves; version < last;) {
        await save(++version);
        await sleep(every);
      }
    });
    // The version before the first save answers, too.
    return { ...counts, saves, seen: seen.size - 1 };
  };
  const during = await withSaves(scaled(reloads, scale), pause);
  const slow = await withSaves(Math.max(3, scaled(slowSaves, scale)), slowPause);
  return { before, during, slow, after: await calm() };
}

async function measureOurs(scale: number): Promise<Measured> {
  const service = await startSoakService({
    files: { 'm.ts': module(0), '_lib/helper.ts': helper(0) },
    ready: '/m/versions',
  });
  const save = (version: number): Promise<void> =>
    version % 2 === 0
      ? service.write('m.ts', module(version))
      : service.write('_lib/helper.ts', helper(version));
  try {
    return await measure(
      { port: service.port, request: service.request('/m/versions'), check, versionOf, save },
      scale,
    );
  } finally {
    await service.end();
  }
}

const versionOf = (text: string): number => Math.max(...(JSON.parse(text) as { data: number[] }).data);
const plainVersionOf = (text: string): number => Number(/version (\d+)\./.exec(text)?.[1]);
const checkPlain = ({ status }: CallerAnswer): string | undefined =>
  status === 200 ? undefined : `status ${status}`;

async function measurePeer(peer: ReloadContender, scale: number): Promise<Measured> {
  const running = await startLoadPeer(peer);
  try {
    return await measure({ ...running, check: checkPlain, versionOf: plainVersionOf }, scale);
  } finally {
    await running.end();
  }
}

function cells({ before, during, slow, after }: Measured): string[] {
  const ms = ({ p50, p99 }: LoadCounts): string => `${p50.toFixed(1)}, ${p99.toFixed(1)}`;
  const withSaves = (counts: WithSaves): string[] => {
    const failed = failedOf(counts);
    const share = ((100 * failed) / counts.sent).toFixed(failed === 0 ? 0 : 1);
    return [`${counts.seen} of ${counts.saves}`, `${failed} of ${counts.sent} (${share} %)`, ms(counts)];
  };
  return [...withSaves(during), ...withSaves(slow), ms(before), ms(after)];
}

const titles = [
  ...[`a save each ${pause} ms`, 'a save a second'].flatMap((pace) =>
    ['saves seen by clients', 'failed or mixed', 'p50, p99, ms'].map((title) => `${pace}: ${title}`),
  ),
  'without saves, before: p50, p99, ms',
  'without saves, after: p50, p99, ms',
];

export const reloadLoad: SoakPart = {
  name: 'load',
  title: `reloads at ${perSecond} requests/s on ${connections} connections`,
  peers: loadPeers.map(({ name }) => name),
  async run(scale, names) {
    const ours = await measureOurs(scale);
    const peers = loadPeers.filter(({ name }) => names.includes(name));
    const others: Measured[] = [];
    for (const peer of peers) others.push(await measurePeer(peer, scale));
    const { before, during, slow, after } = ours;
    const p99 = Math.max(before.p99, after.p99);
    return {
      columns: ['api-deploy', ...peers.map(({ label }) => label)],
      figures: toRows(titles, [ours, ...others].map(cells)),
      problems: [
        ...[during, slow].flatMap((counts) =>
          failedOf(counts) === 0 ? [] : [`expected no failed request, got ${describeFailures(counts)}`],
        ),
        ...(during.p99 <= 2 * p99
          ? []
          : [`expected p99 of at most 2 × ${p99.toFixed(1)} ms, got ${during.p99.toFixed(1)}`]),
      ],
    };
  },
};
