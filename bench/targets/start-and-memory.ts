import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpContender } from '../http/contenders.ts';
import { startContender } from '../http/start-contender.ts';
import { descendantsOf, residentMemoryOf } from '../processes/process-usage.ts';
import { untilIdle } from '../processes/until-idle.ts';

/** Milliseconds from the start of the process to its first answer, with the caches of an earlier start. */
export async function measureStart(contender: HttpContender): Promise<number> {
  const first = await startContender(contender, 'none');
  await untilIdle(first.pid);
  await first.stop(undefined, { keep: true });
  const begin = performance.now();
  const second = await startContender(contender, 'none', { again: first.dir });
  const took = performance.now() - begin;
  await second.stop();
  return took;
}

/** Resident memory of all processes of a service that has been idle for `seconds`. Bytes. */
export async function measureMemory(contender: HttpContender, seconds: number): Promise<number> {
  const server = await startContender(contender, 'none');
  try {
    await untilIdle(server.pid);
    await sleep(seconds * 1000);
    const all = [server.pid, ...descendantsOf(server.pid)];
    return all.reduce((sum, pid) => sum + (residentMemoryOf(pid) ?? 0), 0);
  } finally {
    await server.stop();
  }
}
