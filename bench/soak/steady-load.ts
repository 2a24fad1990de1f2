import { setTimeout as sleep } from 'node:timers/promises';
import { createCaller, type CallerAnswer } from '../connection/caller.ts';
import { quantile } from '../report/statistics.ts';

export interface SteadyLoadOptions {
  readonly port: number;
  readonly connections: number;
  readonly perSecond: number;
  readonly request: Buffer;
  /** What is wrong with an answer; undefined for a good one. */
  readonly check: (answer: CallerAnswer) => string | undefined;
}

export interface LoadCounts {
  readonly sent: number;
  /** Requests without a good answer, by what came instead. */
  readonly failures: ReadonlyMap<string, number>;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

export interface SteadyLoad {
  /** Waits for the answers that are on their way. */
  stop(): Promise<LoadCounts>;
}

/** Requests at a steady rate in turn over keep-alive connections; a connection that still waits skips its turn. */
export function startSteadyLoad(options: SteadyLoadOptions): SteadyLoad {
  const { port, connections, perSecond, request, check } = options;
  const failures = new Map<string, number>();
  const latencies: number[] = [];
  const callers = Array.from({ length: connections }, () => createCaller(port, request));
  const busy = new Set<number>();
  const running = new Set<Promise<void>>();
  let sent = 0;
  const ended = new AbortController();

  const fail = (why: string): void => void failures.set(why, (failures.get(why) ?? 0) + 1);

  async function one(at: number): Promise<void> {
    const caller = callers[at];
    if (caller === undefined || busy.has(at)) return;
    busy.add(at);
    sent += 1;
    const sentAt = performance.now();
    try {
      const why = check(await caller.call());
      if (why !== undefined) fail(why);
    } catch (error) {
      fail((error as Error).message);
    }
    latencies.push(performance.now() - sentAt);
    busy.delete(at);
  }

  async function send(): Promise<void> {
    const begun = performance.now();
    for (let turn = 0; !ended.signal.aborted; turn++) {
      const due = begun + (turn / perSecond) * 1000;
      if (due > performance.now()) await sleep(due - performance.now());
      const call: Promise<void> = one(turn % connections).finally(() => running.delete(call));
      running.add(call);
    }
    await Promise.all(running);
  }

  const sending = send();
  return {
    async stop() {
      ended.abort();
      await sending;
      for (const caller of callers) caller.close();
      const sorted = latencies.toSorted((one, other) => one - other);
      return { sent, failures, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
    },
  };
}

export function failedOf({ failures }: LoadCounts): number {
  return [...failures.values()].reduce((sum, count) => sum + count, 0);
}

/** The commonest first. */
export function describeFailures({ failures }: LoadCounts): string {
  const sorted = [...failures].sort(([, one], [, other]) => other - one).slice(0, 5);
  return sorted.map(([why, count]) => `${count} × ${why}`).join('; ');
}
