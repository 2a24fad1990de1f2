import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes by which the heap may grow before it is looked through. */
const growth = 48 * 1024 * 1024;

/**
 * For imports of large documents: V8 lets the heap, and buffers beside it, grow to a multiple of what is alive before it
 * collects. The function that comes back collects as soon as they have grown by 48 MiB; the thread stands still for
 * that long, about a tenth of a second. With `now` it collects at once.
 */
export function garbageCollector(): (how?: 'now') => void {
  setFlagsFromString('--expose-gc');
  const found = runInNewContext('typeof gc === "function" ? gc : undefined') as (() => void) | undefined;
  const collect = found ?? (() => {});
  let alive = used();
  return (how) => {
    if (how === undefined && used() < alive + growth) return;
    collect();
    alive = used();
  };
}

function used(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}
