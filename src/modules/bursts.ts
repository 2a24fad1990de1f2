import { clearTimeout, setTimeout } from 'node:timers';
export interface Bursts {
  /** `raw`: more may follow about the same save. */
  add(file: string, raw: boolean): void;
  close(): void;
}

/** A lone save is passed on after this pause; a burst, such as a branch switch, only when it is over. */
const loneQuietMs = 2;
const burstQuietMs = 25;
/** A burst that never ends, such as of files that a program keeps writing, is passed on in parts. */
const longestBurstMs = 250;
/**
 * chokidar drops a change that comes within 50 ms after another of the same file: each file is looked at once
 * more, later than that. Where nothing changed, its content tells.
 */
const secondLookMs = 70;

/** Gathers events into saves: what comes together is passed on together. */
export function createBursts(onBurst: (files: ReadonlySet<string>) => void): Bursts {
  const burst = new Set<string>();
  const secondLooks = new Map<string, NodeJS.Timeout>();
  let timer: NodeJS.Timeout | undefined;
  let begun = 0;

  function pass(): void {
    const files = new Set(burst);
    burst.clear();
    onBurst(files);
  }

  function touch(file: string): void {
    if (burst.size === 0) begun = performance.now();
    burst.add(file);
    clearTimeout(timer);
    const left = Math.max(0, begun + longestBurstMs - performance.now());
    timer = setTimeout(pass, Math.min(left, burst.size > 1 ? burstQuietMs : loneQuietMs));
  }

  return {
    add(file, raw) {
      touch(file);
      if (raw) return;
      clearTimeout(secondLooks.get(file));
      const look = setTimeout(() => {
        secondLooks.delete(file);
        touch(file);
      }, secondLookMs);
      secondLooks.set(file, look);
    },
    close() {
      clearTimeout(timer);
      for (const look of secondLooks.values()) clearTimeout(look);
    },
  };
}
