import { formatNumber, formatRatio } from '../report/format-number.ts';
import { markdownTable } from '../report/markdown-table.ts';
import { quantile } from '../report/statistics.ts';
import type { ReloadContender } from './contenders.ts';
import type { SaveResult } from './save-result.ts';

export interface ReloadRun extends SaveResult {
  readonly contender: string;
  readonly round: number;
}

const head = [
  'tool',
  'saves',
  'median ms',
  'p90 ms',
  'min–max ms',
  'to ours',
  'failed requests',
  'slowest answer ms',
];

export function printReloadReport(contenders: readonly ReloadContender[], runs: readonly ReloadRun[]): void {
  const ours = quantile(latenciesOf('ours', runs), 0.5);
  const rows = contenders.map(({ name, label }) => {
    const sorted = latenciesOf(name, runs);
    const backgrounds = runs.filter((run) => run.contender === name).map(({ background }) => background);
    const sent = backgrounds.reduce((sum, each) => sum + each.sent, 0);
    const failed = backgrounds.reduce((sum, each) => sum + each.failed, 0);
    return [
      label,
      formatNumber(sorted.length),
      formatNumber(quantile(sorted, 0.5), 1),
      formatNumber(quantile(sorted, 0.9), 1),
      `${formatNumber(quantile(sorted, 0), 1)}–${formatNumber(quantile(sorted, 1), 1)}`,
      formatRatio(quantile(sorted, 0.5) / ours),
      `${formatNumber(failed)} of ${formatNumber(sent)} (${formatNumber((failed / sent) * 100)} %)`,
      formatNumber(Math.max(...backgrounds.map(({ slowest }) => slowest)), 1),
    ];
  });
  console.log(markdownTable(head, rows));
}

function latenciesOf(name: string, runs: readonly ReloadRun[]): Float64Array {
  return Float64Array.from(
    runs.filter((run) => run.contender === name).flatMap(({ latencies }) => latencies),
  ).sort();
}
