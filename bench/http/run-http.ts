import { fileURLToPath } from 'node:url';
import type { BenchOptions } from '../command-line.ts';
import { chooseContenders, rotate } from '../contenders.ts';
import { ensureBuild } from '../processes/ensure-build.ts';
import { ensurePeers } from '../processes/ensure-peers.ts';
import { runMeasurement } from '../processes/run-measurement.ts';
import { printMachine, writeResults } from '../report/write-results.ts';
import { httpContenders, loggings, type HttpContender, type Logging } from './contenders.ts';
import { printHttpReport, type HttpRun } from './http-report.ts';
import type { LoadInput, LoadResult } from './load-result.ts';
import { startContender } from './start-contender.ts';
import { path, payload, verifyAnswers } from './verify-answers.ts';

const connections = 64;
const longestWarmup = 1.5;
const script = fileURLToPath(new URL('load-process.ts', import.meta.url));

/** Every contender once per round and way of logging, each in a process of its own, in rotating order. */
export async function runHttp(options: BenchOptions): Promise<void> {
  const contenders = chooseContenders(httpContenders, options.only);
  ensureBuild();
  ensurePeers(contenders.flatMap(({ packages }) => packages));
  printMachine();
  console.log(
    `${connections} keep-alive connections, ${options.rounds} rounds of ${options.seconds} s each\n`,
  );
  const verified = new Set<string>();
  const runs: HttpRun[] = [];
  for (let round = 0; round < options.rounds; round++) {
    for (const logging of loggings) {
      for (const contender of rotate(contenders, round)) {
        if (!contender.loggings.includes(logging)) continue;
        runs.push({
          contender: contender.name,
          logging,
          round,
          ...(await measure(contender, logging, { options, verified })),
        });
      }
    }
    console.error(`round ${round + 1} of ${options.rounds} done`);
  }
  printHttpReport(contenders, runs);
  writeResults('http', options, { connections, runs });
}

interface Session {
  readonly options: BenchOptions;
  /** Contenders whose answers were found equal. */
  readonly verified: Set<string>;
}

async function measure(
  contender: HttpContender,
  logging: Logging,
  { options, verified }: Session,
): Promise<LoadResult> {
  const server = await startContender(contender, logging);
  try {
    if (!verified.has(contender.name)) await verifyAnswers(contender.label, server.port);
    verified.add(contender.name);
    const { seconds } = options;
    const { port, pid: serverPid } = server;
    const warmupSeconds = Math.min(longestWarmup, seconds);
    const input: LoadInput = { port, path, payload, connections, warmupSeconds, seconds, serverPid };
    return await runMeasurement<LoadResult>(script, input);
  } finally {
    await server.stop();
  }
}
