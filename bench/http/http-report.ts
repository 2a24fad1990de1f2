import { installedVersion } from '../processes/ensure-peers.ts';
import { formatNumber, formatRatio } from '../report/format-number.ts';
import { markdownTable } from '../report/markdown-table.ts';
import { median, summarize } from '../report/statistics.ts';
import { loggings, type HttpContender, type Logging } from './contenders.ts';
import type { LoadResult } from './load-result.ts';

export interface HttpRun extends LoadResult {
  readonly contender: string;
  readonly logging: Logging;
  readonly round: number;
}

const titles: Readonly<Record<Logging, string>> = {
  none: 'Without request log',
  line: 'One JSON line per request, to a file',
};

const head = [
  'server',
  'requests/s',
  'min–max',
  'to ours',
  'p50 ms',
  'p99 ms',
  'CPU µs/request',
  'load busy',
];
const peerPackages = ['fastify', 'express', 'hono', '@hono/node-server', 'zod', 'pino'];

export function printHttpReport(contenders: readonly HttpContender[], runs: readonly HttpRun[]): void {
  console.log(peerPackages.map((name) => `${name} ${installedVersion(name)}`).join(', '));
  for (const logging of loggings) {
    const ours = runs.filter((run) => run.contender === 'ours' && run.logging === logging);
    const rows = contenders
      .map((contender) => ({
        contender,
        own: runs.filter((run) => run.contender === contender.name && run.logging === logging),
      }))
      .filter(({ own }) => own.length > 0)
      .map(({ contender, own }) => row(contender.label, own, ours));
    if (rows.length > 0) console.log(`\n### ${titles[logging]}\n\n${markdownTable(head, rows)}`);
  }
}

function row(label: string, own: readonly HttpRun[], ours: readonly HttpRun[]): string[] {
  const perSecond = summarize(own.map((run) => run.perSecond));
  return [
    label,
    formatNumber(perSecond.median),
    `${formatNumber(perSecond.min)}–${formatNumber(perSecond.max)}`,
    formatRatio(ratioTo(own, ours)),
    formatNumber(median(own.map(({ p50 }) => p50)), 2),
    formatNumber(median(own.map(({ p99 }) => p99)), 2),
    formatNumber(median(own.map(({ serverMicroseconds = Number.NaN }) => serverMicroseconds)), 1),
    `${formatNumber(median(own.map(({ generatorBusy }) => generatorBusy)) * 100)} %`,
  ];
}

/** Median of the ratios within each round: what disturbs a whole round disturbs both sides of its ratio. */
function ratioTo(own: readonly HttpRun[], ours: readonly HttpRun[]): number {
  const ratios = own.flatMap(({ round, perSecond }) => {
    const same = ours.find((run) => run.round === round);
    return same === undefined ? [] : [perSecond / same.perSecond];
  });
  return median(ratios);
}
