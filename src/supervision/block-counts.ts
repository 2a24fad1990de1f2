import type { Quarantined } from '../registry/quarantined.ts';

/** How often in a row functions have blocked their process, by path, and which of them are in quarantine for it. */
export interface BlockCounts {
  /** It blocked the process once more; gives the entry when that puts it into quarantine. */
  blocked(path: string, blockedMs: number): Quarantined | undefined;
  /** A good answer: the count begins anew. Whatever is in quarantine stays there. */
  answered(path: string): void;
  /** Puts it into quarantine for what was counted elsewhere. */
  bar(entry: Quarantined): void;
  entryOf(path: string): Quarantined | undefined;
  /** Forgets it; tells whether it was in quarantine. */
  lift(path: string): boolean;
  /** Paths of all that have blocked the process since their last good answer. */
  readonly paths: readonly string[];
}

interface Count {
  blocks: number;
  entry: Quarantined | undefined;
}

/** `after`: how often in a row a function may block the process before it is called no more; 0: for ever. */
export function createBlockCounts(after: () => number): BlockCounts {
  const counts = new Map<string, Count>();
  return {
    blocked(path, blockedMs) {
      const count = counts.get(path) ?? { blocks: 0, entry: undefined };
      counts.set(path, count);
      count.blocks++;
      const limit = after();
      if (limit === 0 || count.blocks < limit || count.entry !== undefined) return undefined;
      const times = count.blocks === 1 ? 'once' : `${count.blocks} times in a row`;
      const reason = `it blocked the process ${times}, for ${Number((blockedMs / 1000).toFixed(2))} s at last`;
      count.entry = { endpoint: path, reason, since: new Date().toISOString() };
      return count.entry;
    },
    answered(path) {
      if (counts.get(path)?.entry === undefined) counts.delete(path);
    },
    bar(entry) {
      counts.set(entry.endpoint, { blocks: counts.get(entry.endpoint)?.blocks ?? 0, entry });
    },
    entryOf: (path) => counts.get(path)?.entry,
    lift(path) {
      const lifted = counts.get(path)?.entry !== undefined;
      counts.delete(path);
      return lifted;
    },
    get paths() {
      return [...counts.keys()];
    },
  };
}
