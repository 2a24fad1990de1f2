import { fileURLToPath } from 'node:url';
import type { BenchOptions } from '../command-line.ts';
import { rotate } from '../contenders.ts';
import type { HttpContender, Logging } from '../http/contenders.ts';
import type { LoadInput, LoadResult } from '../http/load-result.ts';
import { startContender } from '../http/start-contender.ts';
import { path, payload } from '../http/verify-answers.ts';
import { spread } from '../processes/pinning.ts';
import { twinsBelow } from '../processes/process-usage.ts';
import { runMeasurement } from '../processes/run-measurement.ts';
import { untilIdle } from '../processes/until-idle.ts';

const script = fileURLToPath(new URL('../http/load-process.ts', import.meta.url));
const longestWarmup = 1.5;

/** One thing to be measured in each round. */
export interface Candidate {
  readonly name: string;
  readonly contender: HttpContender;
  readonly logging?: Logging;
  /** Default: the template's call. */
  readonly path?: string;
  readonly payload?: object;
  /** Serving processes that get a core of their own each, and 64 connections; the load shares one of the cores. */
  readonly processes?: number;
  /** Requests per second at even times. Default: as many as are answered. */
  readonly rate?: number;
}

/** Figures of each candidate, by round. */
export type Rounds = ReadonlyMap<string, readonly LoadResult[]>;

/** Each candidate once per round, in rotating order, each in a process of its own. */
export async function measureRounds(
  candidates: readonly Candidate[],
  options: BenchOptions,
): Promise<Rounds> {
  const results = new Map<string, LoadResult[]>(candidates.map(({ name }) => [name, []]));
  for (let round = 0; round < options.rounds; round++) {
    for (const candidate of rotate(candidates, round)) {
      results.get(candidate.name)?.push(await measure(candidate, options.seconds));
    }
    console.error(
      `${candidates.map(({ name }) => name).join(', ')}: round ${round + 1} of ${options.rounds}`,
    );
  }
  return results;
}

async function measure(candidate: Candidate, seconds: number): Promise<LoadResult> {
  const server = await startContender(candidate.contender, candidate.logging ?? 'none');
  try {
    // What it does in the background after its start is no part of this.
    await untilIdle(server.pid);
    if (candidate.processes !== undefined) spread(twinsBelow(server.pid));
    const input: LoadInput = {
      port: server.port,
      path: candidate.path ?? path,
      payload: candidate.payload ?? payload,
      connections: 64 * (candidate.processes ?? 1),
      warmupSeconds: Math.min(longestWarmup, seconds),
      seconds,
      serverPid: server.pid,
    };
    // A just-in-time compiler that is still at work is no part of a latency.
    if (candidate.rate !== undefined) await runMeasurement<LoadResult>(script, input);
    return await runMeasurement<LoadResult>(script, { ...input, rate: candidate.rate });
  } finally {
    await server.stop();
  }
}
