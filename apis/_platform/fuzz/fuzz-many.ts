import type { ServedEndpoint } from 'api-deploy';
import { reasonToLeaveOut, type Consent } from './choose-endpoints.ts';
import { emptyReport } from './fuzz-endpoint.ts';
import type { FuzzReport } from './fuzz-report.ts';

/** What is told while many endpoints are fuzzed. */
export type FuzzEvent =
  | { type: 'begin'; seed: number; total: number }
  /** The endpoint is being fuzzed now. */
  | { type: 'endpoint'; endpoint: string }
  | { type: 'report'; report: FuzzReport; done: number; total: number }
  | {
      type: 'end';
      seed: number;
      passed: number;
      failed: number;
      skipped: number;
      error: number;
      time: number;
    };

export interface ManyOptions {
  readonly seed: number;
  readonly concurrency: number;
  readonly consent: Consent;
  readonly signal: AbortSignal;
  readonly fuzz: (endpoint: ServedEndpoint) => Promise<FuzzReport>;
}

/** Fuzzes endpoints, some at a time, and tells of each; whoever stops reading, or aborts, stops it. */
export async function* fuzzMany(
  endpoints: readonly ServedEndpoint[],
  { seed, concurrency, consent, signal, fuzz }: ManyOptions,
): AsyncGenerator<FuzzEvent> {
  const began = performance.now();
  const counts = { passed: 0, failed: 0, skipped: 0, error: 0 };
  const running = new Map<string, Promise<FuzzReport>>();
  const waiting = [...endpoints];
  const total = endpoints.length;
  let done = 0;
  const told = (report: FuzzReport): FuzzEvent => {
    counts[report.status] += 1;
    done += 1;
    return { type: 'report', report, done, total };
  };

  yield { type: 'begin', seed, total };
  while (waiting.length > 0 || running.size > 0) {
    while (running.size < concurrency && !signal.aborted) {
      const endpoint = waiting.shift();
      if (endpoint === undefined) break;
      const reason = reasonToLeaveOut(endpoint, consent);
      if (reason !== undefined) {
        yield told({ ...emptyReport(endpoint.path, seed), status: 'skipped', notes: [reason] });
        continue;
      }
      yield { type: 'endpoint', endpoint: endpoint.path };
      running.set(
        endpoint.path,
        fuzz(endpoint).catch((error: unknown) => broken(endpoint.path, seed, error)),
      );
    }
    if (running.size === 0) break;
    const report = await Promise.race(running.values());
    running.delete(report.endpoint);
    yield told(report);
  }
  yield { type: 'end', seed, ...counts, time: Math.round(performance.now() - began) };
}

/** One endpoint that cannot be fuzzed must not end all. */
function broken(endpoint: string, seed: number, error: unknown): FuzzReport {
  const reason = error instanceof Error ? error.message : String(error);
  return { ...emptyReport(endpoint, seed), status: 'error', complete: false, notes: [reason] };
}
