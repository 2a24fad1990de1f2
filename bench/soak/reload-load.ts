import { setTimeout as sleep } from 'node:timers/promises';
import type { CallerAnswer } from '../connection/caller.ts';
import { scaled, type SoakPart } from './soak-part.ts';
import { startSoakService } from './soak-service.ts';
import { describeFailures, failedOf, startSteadyLoad, type LoadCounts } from './steady-load.ts';

const reloads = 1_000;
const connections = 32;
const perSecond = 500;
/** Between saves. Milliseconds. */
const pause = 40;
const calmSeconds = 15;

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

export const reloadLoad: SoakPart = {
  name: 'load',
  title: `reloads at ${perSecond} requests/s on ${connections} connections`,
  async run(scale) {
    const service = await startSoakService({
      files: { 'm.ts': module(0), '_lib/helper.ts': helper(0) },
      ready: '/m/versions',
    });
    const { port } = service;
    const request = service.request('/m/versions');
    const under = async (work: () => Promise<unknown>): Promise<LoadCounts> => {
      const load = startSteadyLoad({ port, connections, perSecond, request, check });
      await work();
      return await load.stop();
    };
    const count = scaled(reloads, scale);
    try {
      const calm = (): Promise<LoadCounts> => under(() => sleep(calmSeconds * 1000 * Math.max(scale, 0.1)));
      // The first seconds are those of a compiler that warms up.
      await calm();
      const before = await calm();
      const during = await under(async () => {
        for (let save = 1; save <= count; save++) {
          if (save % 2 === 0) await service.write('m.ts', module(save));
          else await service.write('_lib/helper.ts', helper(save));
          await sleep(pause);
        }
      });
      const after = await calm();
      const p99 = Math.max(before.p99, after.p99);
      const failed = failedOf(during);
      const problems = [
        ...(failed === 0 ? [] : [`expected no failed request, got ${describeFailures(during)}`]),
        ...(during.p99 <= 2 * p99
          ? []
          : [`expected p99 of at most 2 × ${p99.toFixed(1)} ms, got ${during.p99.toFixed(1)}`]),
      ];
      const ms = ({ p50, p99 }: LoadCounts): string => `${p50.toFixed(1)} ms, ${p99.toFixed(1)} ms`;
      return {
        figures: [
          ['reloads asked for', String(count)],
          ['requests meanwhile', String(during.sent)],
          ['failed or mixed', String(failed)],
          ['p50, p99 before', ms(before)],
          ['p50, p99 with reloads', ms(during)],
          ['p50, p99 after', ms(after)],
        ],
        problems,
      };
    } finally {
      await service.end();
    }
  },
};
