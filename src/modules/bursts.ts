import { clearTimeout, setTimeout } from 'node:timers';
import { sharedNow } from './shared-now.ts';
import type { FileEvent } from './watch-messages.ts';

export interface Bursts {
  add(event: FileEvent): void;
  close(): void;
}

export interface BurstsOptions {
  readonly onBurst: (files: ReadonlySet<string>) => void;
  /** Told of a file that nothing else came with so far, at each of its events; it is passed on a moment later. */
  readonly onLone: (file: string) => void;
}

/** A lone save is passed on after this pause; a burst, such as a branch switch, only when it is over. */
const loneQuietMs = 1;
const burstQuietMs = 25;
/** A burst that never ends, such as of files that a program keeps writing, is passed on in parts. */
const longestBurstMs = 250;
/** The watcher looks at a file before it tells of it; by then, the system has told of it already. */
const sameSaveMs = 60;
/**
 * chokidar drops a change that comes within 50 ms after another of the same file: each file is looked at once
 * more, later than that. Where nothing changed, its content tells.
 */
const secondLookMs = 70;

/** Gathers events into saves: what comes together is passed on together. */
export function createBursts({ onBurst, onLone }: BurstsOptions): Bursts {
  const burst = new Set<string>();
  const secondLooks = new Map<string, NodeJS.Timeout>();
  let timer: NodeJS.Timeout | undefined;
  let begun = 0;
  /** The file that the system told of last. */
  let last = { file: '', at: 0 };

  function pass(): void {
    const files = new Set(burst);
    burst.clear();
    onBurst(files);
  }

  function touch(file: string, at: number): void {
    if (burst.size === 0) begun = at;
    burst.add(file);
    clearTimeout(timer);
    const quiet = at + (burst.size > 1 ? burstQuietMs : loneQuietMs);
    timer = setTimeout(pass, Math.min(quiet, begun + longestBurstMs) - sharedNow());
    if (burst.size === 1) onLone(file);
  }

  function lookAgainAt(file: string): void {
    clearTimeout(secondLooks.get(file));
    const look = setTimeout(() => {
      secondLooks.delete(file);
      touch(file, sharedNow());
    }, secondLookMs);
    secondLooks.set(file, look);
  }

  return {
    add({ file, raw, at }) {
      const isNews = raw || last.file !== file || at - last.at > sameSaveMs;
      if (isNews) touch(file, at);
      if (raw) last = { file, at };
      else lookAgainAt(file);
    },
    close() {
      clearTimeout(timer);
      for (const look of secondLooks.values()) clearTimeout(look);
    },
  };
}
