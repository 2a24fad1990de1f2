/** Milliseconds; null where there was nothing to measure. */
export interface TimeSummary {
  count: number;
  min: number | null;
  max: number | null;
  mean: number | null;
  p50: number | null;
  p90: number | null;
  p95: number | null;
  p99: number | null;
}

export interface TimeSketch {
  add(milliseconds: number): void;
  /** The value below or at which `share` (0 to 1) of all values lie, within 1 %; null without values. */
  percentile(share: number): number | null;
  /** Null without values. */
  mean(): number | null;
  summary(): TimeSummary;
}

const relativeError = 0.01;
const growth = (1 + relativeError) / (1 - relativeError);
/** Below a microsecond all is one bucket. */
const smallest = 0.001;

/**
 * Percentiles of any number of values in little memory: counts in buckets that grow by a constant factor (the
 * DDSketch of Masson, Rim and Lee, VLDB 2019). `min`, `max` and `mean` are exact.
 */
export function createTimeSketch(): TimeSketch {
  const buckets = new Map<number, number>();
  let count = 0;
  let sum = 0;
  let min = Infinity;
  let max = -Infinity;

  function percentile(share: number): number | null {
    if (count === 0) return null;
    const rank = Math.max(1, Math.ceil(share * count));
    let seen = 0;
    for (const [bucket, held] of [...buckets].sort(([a], [b]) => a - b)) {
      seen += held;
      if (seen >= rank) return round(Math.min(max, Math.max(min, middleOf(bucket))));
    }
    return round(max);
  }

  const mean = (): number | null => (count === 0 ? null : round(sum / count));

  return {
    add(milliseconds) {
      const bucket = Math.ceil(Math.log(Math.max(milliseconds, smallest)) / Math.log(growth));
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
      count++;
      sum += milliseconds;
      min = Math.min(min, milliseconds);
      max = Math.max(max, milliseconds);
    },
    percentile,
    mean,
    summary: () => ({
      count,
      min: count === 0 ? null : round(min),
      max: count === 0 ? null : round(max),
      mean: mean(),
      p50: percentile(0.5),
      p90: percentile(0.9),
      p95: percentile(0.95),
      p99: percentile(0.99),
    }),
  };
}

/** The value whose distance from both ends of its bucket is the relative error. */
function middleOf(bucket: number): number {
  return (2 * growth ** bucket) / (growth + 1);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
