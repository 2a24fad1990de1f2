import { setTimeout as sleep } from 'node:timers/promises';
import { cpuTimeWithDescendants } from './process-usage.ts';

/** Milliseconds. */
const interval = 250;
const quietIntervals = 4;
const patience = 60_000;
/** Share of one core below which a process only idles. */
const idleShare = 0.1;
/** Where CPU time cannot be read. Milliseconds. */
const otherwise = 5_000;

/**
 * Resolves when a process, with those that it started, has hardly used the CPU for a second: what it does in the
 * background after its start is over.
 *
 * @throws Error when it is still busy after 60 s
 */
export async function untilIdle(pid: number): Promise<void> {
  const deadline = performance.now() + patience;
  const begin = cpuTimeWithDescendants(pid);
  if (begin === undefined) return await sleep(otherwise);
  let before: number = begin;
  for (let quiet = 0; quiet < quietIntervals;) {
    await sleep(interval);
    const now: number = cpuTimeWithDescendants(pid) ?? before;
    quiet = now - before < interval * 1000 * idleShare ? quiet + 1 : 0;
    before = now;
    if (performance.now() > deadline)
      throw new Error(`expected process ${pid} to be idle within ${patience / 1000} s after its start`);
  }
}
