import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes by which the heap may grow before it is looked through. */
const growth = 48 * 1024 * 1024;

/**
 * For a thread of its own: V8 lets the heap of a document grow to a multiple of what is alive in it before it collects.
 * The function that comes back collects as soon as it has grown by 48 MiB; the thread stands still for that long.
 */
export function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let alive = getHeapStatistics().used_heap_size;
  return () => {
    if (getHeapStatistics().used_heap_size < alive + growth) return;
    collect();
    alive = getHeapStatistics().used_heap_size;
  };
}
