import type { BenchOptions } from '../command-line.ts';
import { chooseContenders, rotate } from '../contenders.ts';
import { ensureBuild } from '../processes/ensure-build.ts';
import { formatMiB, formatNumber } from '../report/format-number.ts';
import { markdownTable } from '../report/markdown-table.ts';
import { median } from '../report/statistics.ts';
import { printMachine, writeResults } from '../report/write-results.ts';
import { memoryContenders, type MemoryContender } from './contenders.ts';
import type { MemoryKept } from './memory-kept.ts';

interface MemoryRun extends MemoryKept {
  readonly contender: string;
  readonly round: number;
}

/** Every way of evaluating a module once per round, in a process of its own. */
export async function runMemory(options: BenchOptions): Promise<void> {
  const contenders = chooseContenders(memoryContenders, options.only);
  ensureBuild();
  printMachine();
  const { rounds, evaluations } = options;
  console.log(
    `a module of 20 KB, evaluated ${formatNumber(evaluations)} times, ${rounds} rounds; memory after garbage collection\n`,
  );
  const runs: MemoryRun[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const contender of rotate(contenders, round)) {
      runs.push({ contender: contender.name, round, ...(await contender.measure(evaluations)) });
    }
    console.error(`round ${round + 1} of ${rounds} done`);
  }
  console.log(
    markdownTable(
      head,
      contenders.map((contender) => row(contender, { runs, evaluations })),
    ),
  );
  writeResults('memory', options, { runs });
}

const head = [
  'way',
  'resident MiB kept',
  'min–max',
  'KiB per evaluation',
  'heap MiB kept',
  'helper processes MiB kept',
];

function row(
  { name, label }: MemoryContender,
  { runs, evaluations }: { runs: readonly MemoryRun[]; evaluations: number },
): string[] {
  const own = runs.filter((run) => run.contender === name);
  const rss = own.map(({ before, after }) => after.rss - before.rss);
  const heap = own.map(({ before, after }) => after.heapUsed - before.heapUsed);
  const helpers = own.flatMap(({ before, after }) =>
    before.helpers === undefined || after.helpers === undefined ? [] : [after.helpers - before.helpers],
  );
  return [
    label,
    formatMiB(median(rss)),
    `${formatMiB(Math.min(...rss))}–${formatMiB(Math.max(...rss))}`,
    formatNumber(median(rss) / evaluations / 1024, 1),
    formatMiB(median(heap)),
    helpers.length === 0 ? '–' : formatMiB(median(helpers)),
  ];
}
