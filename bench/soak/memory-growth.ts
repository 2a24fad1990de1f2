export interface Memory {
  readonly rss: number;
  readonly heap: number;
}

/** What reloads have left behind, in bytes after garbage collection. */
export interface MemoryGrowth {
  /** Each reload was another process, so that nothing can pile up. */
  readonly restarts?: boolean;
  readonly reloads: number;
  readonly before: Memory;
  /** Undefined: it ran out of memory. */
  readonly after: Memory | undefined;
}

const toMB = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

/** Megabytes of resident memory; undefined where it ran out of memory. */
export function grownBy({ before, after }: MemoryGrowth): number | undefined {
  return after === undefined ? undefined : (after.rss - before.rss) / 2 ** 20;
}

/** Reloads, resident and heap memory, growth in all and of each 1,000 reloads: for one column of a table. */
export function growthCells(growth: MemoryGrowth): string[] {
  const { restarts, reloads, before, after } = growth;
  const grown = grownBy(growth);
  if (after === undefined || grown === undefined)
    return [
      `${reloads}, then out of memory`,
      `${toMB(before.rss)} → –`,
      `${toMB(before.heap)} → –`,
      '–',
      '–',
    ];
  return [
    String(reloads),
    `${toMB(before.rss)} → ${toMB(after.rss)}`,
    `${toMB(before.heap)} → ${toMB(after.heap)}`,
    grown.toFixed(1),
    restarts === true ? 'begins anew' : ((grown / reloads) * 1_000).toFixed(1),
  ];
}

export const growthTitles = [
  'reloads',
  'resident, MB',
  'JavaScript heap, MB',
  'resident, MB more',
  'the same for each 1,000 reloads',
];
