import type { RequestResult, ResultStatus } from '../../model/result.ts';
import { createTimeSketch, type TimeSummary } from '../time-sketch.ts';

export interface TimelineBucket {
  counts: Record<ResultStatus, number>;
  /** Milliseconds, over the answers that began in it. */
  slowest: number;
}

/** What the charts of a report show, in memory that does not grow with the number of results. */
export interface RunFigures {
  counts: Record<ResultStatus, number>;
  assertions: Record<'passed' | 'failed' | 'error' | 'skipped', number>;
  times: TimeSummary;
  /** Answers at most this slow (ms), and slower than the bound before; the last one has no bound. */
  histogram: { upTo: number | null; count: number }[];
  /** Results by the moment of their start. */
  timeline: { bucketMs: number; buckets: TimelineBucket[] };
  iterations: number;
}

const bounds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000];
const timelineBuckets = 120;

export async function measureRun(
  results: AsyncIterable<RequestResult>,
  startedAt?: string,
): Promise<RunFigures> {
  const counts = noResults();
  const assertions = { passed: 0, failed: 0, error: 0, skipped: 0 };
  const times = createTimeSketch();
  const histogram = [...bounds, null].map((upTo) => ({ upTo, count: 0 }));
  const timeline = createTimeline(startedAt === undefined ? undefined : Date.parse(startedAt));
  let iterations = 0;
  for await (const result of results) {
    counts[result.status]++;
    for (const { status } of result.assertions) assertions[status]++;
    iterations = Math.max(iterations, result.iteration + 1);
    const total = result.timings?.total;
    if (total !== undefined) {
      times.add(total);
      const bar = histogram.find(({ upTo }) => upTo === null || total <= upTo);
      if (bar !== undefined) bar.count++;
    }
    timeline.add(result);
  }
  return { counts, assertions, times: times.summary(), histogram, timeline: timeline.read(), iterations };
}

/** Its buckets become twice as wide each time the run turns out to be longer than they reach. */
function createTimeline(start: number | undefined) {
  let origin = start;
  let bucketMs = 10;
  let buckets: TimelineBucket[] = [];
  return {
    add({ status, startedAt, timings }: RequestResult): void {
      const at = Date.parse(startedAt);
      origin ??= at;
      const elapsed = Math.max(0, at - origin);
      while (elapsed / bucketMs >= timelineBuckets) {
        buckets = halve(buckets);
        bucketMs *= 2;
      }
      const bucket = bucketAt(buckets, Math.floor(elapsed / bucketMs));
      bucket.counts[status]++;
      bucket.slowest = Math.max(bucket.slowest, timings?.total ?? 0);
    },
    read: () => ({ bucketMs, buckets }),
  };
}

function bucketAt(buckets: TimelineBucket[], index: number): TimelineBucket {
  while (buckets.length <= index) buckets.push({ counts: noResults(), slowest: 0 });
  return buckets[index] as TimelineBucket;
}

function halve(buckets: readonly TimelineBucket[]): TimelineBucket[] {
  const halved: TimelineBucket[] = [];
  for (const [index, bucket] of buckets.entries()) {
    const into = bucketAt(halved, index >> 1);
    for (const status of Object.keys(into.counts) as ResultStatus[])
      into.counts[status] += bucket.counts[status];
    into.slowest = Math.max(into.slowest, bucket.slowest);
  }
  return halved;
}

function noResults(): Record<ResultStatus, number> {
  return { passed: 0, failed: 0, error: 0, skipped: 0, cancelled: 0 };
}
