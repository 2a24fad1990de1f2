import type { BenchOptions } from '../command-line.ts';
import { chooseContenders } from '../contenders.ts';
import type { LoadResult } from '../http/load-result.ts';
import { tokens, type Logging } from '../http/contenders.ts';
import { ensureBuild } from '../processes/ensure-build.ts';
import { ensurePeers } from '../processes/ensure-peers.ts';
import { measureSaves } from '../reload/run-reload.ts';
import { reloadContenders } from '../reload/contenders.ts';
import { formatMiB, formatNumber, formatRatio } from '../report/format-number.ts';
import { markdownTable } from '../report/markdown-table.ts';
import { median, summarize } from '../report/statistics.ts';
import { printMachine, writeResults } from '../report/write-results.ts';
import { measureProject } from '../signatures/measure-project.ts';
import { named, oursInWorkers, oursWith, oursWithOrders } from './contenders.ts';
import { ordersOf, ordersPath } from './orders.ts';
import { measureRounds, type Candidate, type Rounds } from './rounds.ts';
import { measureMemory, measureStart } from './start-and-memory.ts';

/** What is aimed at, and what came out. */
interface Row {
  readonly aim: string;
  /** Undefined: nothing is aimed at, the figure is for comparison. */
  readonly kept: boolean | undefined;
  readonly measured: string;
  readonly figures: string;
}

const functions = 8_000;

/** Seconds: type checker and transpiler end after five minutes without work. */
const idle = 305;

interface Part {
  /** For `--only`. */
  readonly name: string;
  /** Packages that come from `bench/node_modules`. */
  readonly packages?: readonly string[];
  run(options: BenchOptions): Promise<Row[]>;
}

const parts: readonly Part[] = [
  { name: 'calls', packages: ['fastify'], run: plainCalls },
  { name: 'bodies', packages: ['fastify'], run: largeBodies },
  { name: 'functions', run: manyFunctions },
  { name: 'workers', run: severalProcesses },
  { name: 'start', run: starts },
  { name: 'saves', packages: ['bun'], run: saves },
  { name: 'memory', run: memory },
];

/** The aims of this project, each measured in one interleaved run with its peers. */
export async function runTargets(options: BenchOptions): Promise<void> {
  const chosen = chooseContenders(parts, options.only);
  ensureBuild();
  ensurePeers(chosen.flatMap(({ packages = [] }) => packages));
  printMachine();
  const rows: Row[] = [];
  for (const part of chosen) rows.push(...(await part.run(options)));
  const head = ['aim', 'measured', 'reached', 'medians (smallest–largest)'];
  const reached = ({ kept }: Row): string => (kept === undefined ? '–' : kept ? 'yes' : 'no');
  console.log(
    `\n${markdownTable(
      head,
      rows.map((row) => [row.aim, row.measured, reached(row), row.figures]),
    )}`,
  );
  writeResults('targets', options, { rows });
}

async function plainCalls(options: BenchOptions): Promise<Row[]> {
  const of = (name: string, logging: Logging = 'none'): Candidate => ({
    name: `${name}${logging === 'line' ? ', log' : ''}`,
    contender: named(name),
    logging,
  });
  const rounds = await measureRounds(
    [of('ours'), of('fastify'), of('node-http'), of('ours', 'line'), of('fastify', 'line')],
    options,
  );
  const peak = median((rounds.get('fastify') ?? []).map(({ perSecond }) => perSecond));
  return [
    speedRow(rounds, { aim: '1. ≥ 1.15 × Fastify, no request log', names: ['ours', 'fastify'], least: 1.15 }),
    speedRow(rounds, {
      aim: '1. ≥ 1.15 × Fastify, a log line each',
      names: ['ours, log', 'fastify, log'],
      least: 1.15,
    }),
    speedRow(rounds, { aim: '2. ≥ 0.93 × bare node:http', names: ['ours', 'node-http'], least: 0.93 }),
    await latencyRow(Math.round(peak * 0.7), options),
  ];
}

/** Both at the same rate: what one can do more than the other is no reason to compare it under more load. */
async function latencyRow(rate: number, options: BenchOptions): Promise<Row> {
  const names = ['ours', 'fastify'] as const;
  const rounds = await measureRounds(
    names.map((name) => ({ name, contender: named(name), rate })),
    options,
  );
  const p99 = (result: LoadResult): number => result.p99;
  const value = ratio(rounds, names, p99);
  return {
    aim: "3. p99 at 70 % of Fastify's peak rate ≤ Fastify's",
    kept: value <= 1,
    measured: formatRatio(value),
    figures: `${formatNumber(rate)}/s: ${names.map((name) => `${name} ${spread(rounds.get(name), p99, 2)} ms`).join(', ')}`,
  };
}

async function largeBodies(options: BenchOptions): Promise<Row[]> {
  const sizes = [10_000, 100_000];
  const candidates = sizes.flatMap((size) =>
    [oursWithOrders, named('fastify')].map((contender): Candidate => ({
      name: `${contender.name}, ${size / 1000} KB`,
      contender,
      path: ordersPath,
      payload: { token: tokens.business, body: { orders: ordersOf(size) } },
    })),
  );
  const rounds = await measureRounds(candidates, options);
  return sizes.map((size) =>
    speedRow(rounds, {
      aim: `4. bodies of ${size / 1000} KB: ≥ Fastify`,
      names: [`ours, ${size / 1000} KB`, `fastify, ${size / 1000} KB`],
      least: 1,
    }),
  );
}

async function manyFunctions(options: BenchOptions): Promise<Row[]> {
  const many = oursWith(options.quick ? 40 : functions);
  const rounds = await measureRounds(
    [
      { name: 'ours', contender: named('ours') },
      { name: many.name, contender: many },
    ],
    options,
  );
  return [
    speedRow(rounds, {
      aim: `5. ${functions} functions: within 3 % of 2`,
      names: [many.name, 'ours'],
      least: 0.97,
    }),
  ];
}

/** Two cores serve twice as much when a request costs the same CPU time in two processes as in one. */
async function severalProcesses(options: BenchOptions): Promise<Row[]> {
  const two = oursInWorkers(2);
  const rounds = await measureRounds(
    [
      { name: 'ours', contender: named('ours') },
      { name: two.name, contender: two, processes: 2 },
    ],
    options,
  );
  const cpu = (result: LoadResult): number => result.serverMicroseconds ?? Number.NaN;
  const value = 2 * ratio(rounds, ['ours', two.name], cpu);
  return [
    {
      aim: '6. `workers: 2`: ≥ 1.8 × one (by CPU time per request)',
      kept: value >= 1.8,
      measured: formatRatio(value),
      figures: ['ours', two.name].map((name) => `${name} ${spread(rounds.get(name), cpu, 1)} µs`).join(', '),
    },
  ];
}

async function starts(options: BenchOptions): Promise<Row[]> {
  const times: number[] = [];
  for (let round = 0; round < options.rounds; round++) times.push(await measureStart(named('ours')));
  const { warm } = await measureProject(options.quick ? 10 : 1_000, 1);
  const all = summarize(times);
  return [
    {
      aim: '7. start to first answer, template alone: ≤ 400 ms',
      kept: all.median <= 400,
      measured: `${formatNumber(all.median)} ms`,
      figures: `${formatNumber(all.min)}–${formatNumber(all.max)}`,
    },
    {
      aim: '7. start to first answer, 1,000 modules warm: ≤ 1,500 ms',
      kept: warm.served <= 1_500,
      measured: `${formatNumber(warm.served)} ms`,
      figures: 'one start',
    },
  ];
}

async function saves(options: BenchOptions): Promise<Row[]> {
  const names = ['ours', 'bun-hot'];
  const medians = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < options.rounds; round++) {
    for (const name of names) {
      const contender = reloadContenders.find((candidate) => candidate.name === name);
      if (contender === undefined) throw new Error(`expected a contender, got '${name}'`);
      medians.get(name)?.push(median((await measureSaves(contender, options.seconds)).latencies));
    }
  }
  const [ours = [], bun = []] = names.map((name) => medians.get(name));
  const value = median(ours.map((time, round) => time / (bun[round] ?? Number.NaN)));
  const text = (times: readonly number[]): string => {
    const { median: middle, min, max } = summarize(times);
    return `${formatNumber(middle, 1)} (${formatNumber(min, 1)}–${formatNumber(max, 1)}) ms`;
  };
  return [
    {
      aim: '8. save → served: ≤ 2.5 × `bun --hot`',
      kept: value <= 2.5,
      measured: formatRatio(value),
      figures: `ours ${text(ours)}, bun ${text(bun)}`,
    },
  ];
}

async function memory(options: BenchOptions): Promise<Row[]> {
  const seconds = options.quick ? 0 : idle;
  const alone = await measureMemory(named('ours'), seconds);
  const more = await measureMemory(oursWith(options.quick ? 40 : 4_000), seconds);
  const each = (more - alone) / (options.quick ? 0.04 : 4);
  return [
    {
      aim: '9. idle, template alone, all processes: ≤ 150 MB',
      kept: alone <= 150e6,
      measured: `${formatMiB(alone)} MiB`,
      figures: `after ${seconds} s`,
    },
    {
      aim: '9. each 1,000 functions more: ≤ 25 MB',
      kept: each <= 25e6,
      measured: `${formatMiB(each)} MiB`,
      figures: `4,000 functions: ${formatMiB(more)} MiB in all`,
    },
  ];
}

interface SpeedAim {
  readonly aim: string;
  readonly names: readonly [string, string];
  /** How many times as fast the first must be. */
  readonly least: number;
}

function speedRow(rounds: Rounds, { aim, names, least }: SpeedAim): Row {
  const perSecond = (result: LoadResult): number => result.perSecond;
  const value = ratio(rounds, names, perSecond);
  return {
    aim,
    kept: value >= least,
    measured: formatRatio(value),
    figures: names.map((name) => `${name} ${spread(rounds.get(name), perSecond)}/s`).join(', '),
  };
}

/** Median of the ratios within each round: what disturbs a whole round disturbs both sides. */
function ratio(
  rounds: Rounds,
  [name, other]: readonly [string, string],
  figure: (result: LoadResult) => number,
): number {
  const others = rounds.get(other) ?? [];
  return median(
    (rounds.get(name) ?? []).map((result, round) => {
      const against = others[round];
      return against === undefined ? Number.NaN : figure(result) / figure(against);
    }),
  );
}

function spread(
  results: readonly LoadResult[] | undefined,
  figure: (result: LoadResult) => number,
  decimals = 0,
): string {
  const { median: middle, min, max } = summarize((results ?? []).map(figure));
  const [text, from, to] = [middle, min, max].map((value) => formatNumber(value, decimals));
  return `${text} (${from}–${to})`;
}
