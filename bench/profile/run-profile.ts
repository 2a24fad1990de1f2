import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchOptions } from '../command-line.ts';
import { chooseContenders } from '../contenders.ts';
import { httpContenders, loggings, type HttpContender, type Logging } from '../http/contenders.ts';
import type { LoadInput, LoadResult } from '../http/load-result.ts';
import { startContender } from '../http/start-contender.ts';
import { path, payload } from '../http/verify-answers.ts';
import { ensureBuild } from '../processes/ensure-build.ts';
import { ensurePeers } from '../processes/ensure-peers.ts';
import { runMeasurement } from '../processes/run-measurement.ts';
import { formatNumber } from '../report/format-number.ts';
import { markdownTable } from '../report/markdown-table.ts';
import { printMachine } from '../report/write-results.ts';
import { costsOf, type Cost, type Costs, type CpuProfile } from './cpu-profile.ts';

const script = fileURLToPath(new URL('../http/load-process.ts', import.meta.url));
const shown = 25;

/** Runs api-deploy, or what `--only` names, under load with V8's profiler, and prints what takes the time. */
export async function runProfile(options: BenchOptions): Promise<void> {
  const contenders = chooseContenders(httpContenders, options.only.length === 0 ? ['ours'] : options.only);
  ensureBuild();
  ensurePeers(contenders.flatMap(({ packages }) => packages));
  printMachine();
  for (const contender of contenders) {
    for (const logging of loggings) {
      if (!contender.loggings.includes(logging)) continue;
      const { functions, files } = await record(contender, logging, options);
      console.log(
        `\n## ${contender.label}, ${logging === 'none' ? 'without request log' : 'with request log'}\n`,
      );
      console.log(markdownTable(['file', 'self time'], files.slice(0, shown).map(row)));
      console.log(`\n${markdownTable(['function', 'self time'], functions.slice(0, shown).map(row))}`);
    }
  }
}

async function record(contender: HttpContender, logging: Logging, options: BenchOptions): Promise<Costs> {
  const kept = join(options.out, `${contender.name}-${logging}.cpuprofile`);
  const server = await startContender(contender, logging, {
    nodeArgs: ['--cpu-prof', '--cpu-prof-dir=profiles', '--cpu-prof-interval=500'],
  });
  const { port, pid: serverPid, dir } = server;
  const { seconds } = options;
  let to = 0;
  try {
    const input: LoadInput = {
      port,
      path,
      payload,
      connections: 64,
      warmupSeconds: Math.min(2, seconds),
      seconds,
      serverPid,
    };
    await runMeasurement<LoadResult>(script, input);
    to = Number(process.hrtime.bigint() / 1000n);
  } finally {
    await server.stop(() => {
      mkdirSync(options.out, { recursive: true });
      copyFileSync(mainProfileIn(join(dir, 'profiles')), kept);
      return Promise.resolve();
    });
  }
  console.error(`for the browser's developer tools: ${kept}`);
  // Neither the start nor the warm-up: they are mostly compilation.
  return costsOf(JSON.parse(readFileSync(kept, 'utf8')) as CpuProfile, { from: to - seconds * 1e6, to });
}

/**
 * Files are named `CPU.<date>.<time>.<pid>.<thread>.<number>.cpuprofile`; thread 0 is the main one.
 *
 * @throws Error when the server ended without writing one, as servers do that leave SIGTERM to the system
 */
function mainProfileIn(folder: string): string {
  const name = readdirSync(folder).find((file) => /\.0\.\d+\.cpuprofile$/.test(file));
  if (name === undefined)
    throw new Error(
      `expected a profile of the main thread, got none; only servers that exit in order write one`,
    );
  return join(folder, name);
}

function row({ name, share }: Cost): string[] {
  return [name, `${formatNumber(share * 100, 1)} %`];
}
