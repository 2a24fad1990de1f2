import type { BenchOptions } from '../command-line.ts';
import { chooseContenders, rotate } from '../contenders.ts';
import { ensureBuild } from '../processes/ensure-build.ts';
import { printMachine, writeResults } from '../report/write-results.ts';
import { measureProject } from './measure-project.ts';
import { projectSizes, quickModules } from './project-sizes.ts';
import { printSignaturesReport, type SignaturesRun } from './signatures-report.ts';

const pinning = 'the server may use every core';

/** Every size of project once per round: cold start, warm start, edits of bodies, edits of signatures. */
export async function runSignatures(options: BenchOptions): Promise<void> {
  const chosen = chooseContenders(projectSizes, options.only);
  const isQuick = options.quick && options.only.length === 0;
  const sizes = isQuick ? chosen.filter(({ modules }) => modules <= quickModules) : chosen;
  ensureBuild();
  printMachine(pinning);
  if (isQuick) console.log(`--quick leaves out what has more than ${quickModules} modules\n`);
  const runs: SignaturesRun[] = [];
  for (let round = 0; round < options.rounds; round++) {
    for (const { name, modules } of rotate(sizes, round)) {
      runs.push({ contender: name, round, ...(await measureProject(modules, options.seconds)) });
    }
    console.error(`round ${round + 1} of ${options.rounds} done`);
  }
  printSignaturesReport(sizes, runs);
  writeResults('signatures', options, { pinning, runs });
}
