import type { ResultStatus } from '../../model/result.ts';
import { createTimeSketch, type TimeSketch } from '../time-sketch.ts';

/** A request by what tells it from others in reports. */
export interface RequestKey {
  /** Id of the catalog entry, when it is one. */
  api: number | null;
  name: string;
  method: string | null;
}

export interface SlowRequest extends RequestKey {
  /** Answers that were timed. */
  count: number;
  /** Milliseconds. */
  mean: number;
  /** Within 1 %. */
  p95: number;
  max: number;
}

export interface FailingRequest extends RequestKey {
  /** Results that failed or are errors. */
  failures: number;
  /** Results that were judged. */
  count: number;
  /** Share (0 to 1) of the failures. */
  rate: number;
}

export interface RequestRanking {
  add(result: RequestKey & { status: ResultStatus; time: number | null }): void;
  /** Those with the highest mean time first. */
  slowest(limit: number): SlowRequest[];
  /** Those that failed most often first; none that never did. */
  mostFailing(limit: number): FailingRequest[];
}

interface Entry {
  key: RequestKey;
  judged: number;
  failures: number;
  times: TimeSketch;
}

/** Holds a few counts for each request, however many results it has. */
export function createRanking(): RequestRanking {
  const entries = new Map<string, Entry>();
  return {
    add({ api, name, method, status, time }) {
      const id = JSON.stringify([api, name, method]);
      let entry = entries.get(id);
      if (entry === undefined) {
        entry = { key: { api, name, method }, judged: 0, failures: 0, times: createTimeSketch() };
        entries.set(id, entry);
      }
      if (status === 'failed' || status === 'error') entry.failures++;
      if (status === 'passed' || status === 'failed' || status === 'error') entry.judged++;
      if (time !== null) entry.times.add(time);
    },
    slowest: (limit) =>
      [...entries.values()]
        .map(({ key, times }) => ({ key, times, mean: times.mean() }))
        .filter((entry): entry is typeof entry & { mean: number } => entry.mean !== null)
        .sort((a, b) => b.mean - a.mean)
        .slice(0, limit)
        .map(({ key, times, mean }) => {
          const { count, p95, max } = times.summary();
          return { ...key, count, mean, p95: p95 ?? mean, max: max ?? mean };
        }),
    mostFailing: (limit) =>
      [...entries.values()]
        .filter(({ failures }) => failures > 0)
        .sort((a, b) => b.failures - a.failures || a.judged - b.judged)
        .slice(0, limit)
        .map(({ key, failures, judged }) => ({ ...key, failures, count: judged, rate: failures / judged })),
  };
}
