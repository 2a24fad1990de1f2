import { setTimeout as sleep } from 'node:timers/promises';
import type { CallerAnswer } from '../connection/caller.ts';
import { scaled, type SoakPart } from './soak-part.ts';
import { startSoakService } from './soak-service.ts';
import { startSteadyLoad } from './steady-load.ts';

const stops = 20;
const connections = 32;
const perSecond = 500;

const module = `import { setTimeout as sleep } from 'node:timers/promises';
import { apiFunction } from 'api-deploy';
export const wait = apiFunction(async (ms = 20) => { await sleep(ms); return ms; });
`;

/** A refusal is an answer too; what comes after the end finds nobody. */
function check({ status, text }: CallerAnswer): string | undefined {
  return status === 200 || (status === 503 && text.includes('SHUTTING_DOWN'))
    ? undefined
    : `status ${status}`;
}

export const stopLoad: SoakPart = {
  name: 'stop',
  title: `SIGTERM at ${perSecond} requests/s on ${connections} connections`,
  async run(scale) {
    const count = scaled(stops, scale);
    const lost = new Map<string, number>();
    let sent = 0;
    for (let stop = 0; stop < count; stop++) {
      const service = await startSoakService({ files: { 'm.ts': module }, ready: '/m/wait' });
      try {
        const { port } = service;
        const request = service.request('/m/wait');
        const load = startSteadyLoad({ port, connections, perSecond, request, check });
        await sleep(500 + Math.random() * 200);
        process.kill(service.server.pid, 'SIGTERM');
        await sleep(1_000);
        const counts = await load.stop();
        sent += counts.sent;
        for (const [why, times] of counts.failures) {
          if (!why.includes('ECONNREFUSED')) lost.set(why, (lost.get(why) ?? 0) + times);
        }
      } finally {
        await service.end();
      }
    }
    const all = [...lost].map(([why, times]) => `${times} × ${why}`);
    return {
      figures: [
        ['stops', String(count)],
        ['requests', String(sent)],
        ['resets and other losses', all.length === 0 ? '0' : all.join('; ')],
      ],
      problems: all.length === 0 ? [] : [`expected no reset, got ${all.join('; ')}`],
    };
  },
};
