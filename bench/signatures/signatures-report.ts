import { formatNumber } from '../report/format-number.ts';
import { markdownTable } from '../report/markdown-table.ts';
import { median, quantile } from '../report/statistics.ts';
import { edits, type Edit } from './edit-kinds.ts';
import type { ProjectTimes, StartTime } from './measure-project.ts';
import type { ProjectSize } from './project-sizes.ts';

export interface SignaturesRun extends ProjectTimes {
  readonly contender: string;
  readonly round: number;
}

/** Milliseconds in the median, whatever the number of modules. */
const editAims: Readonly<Record<Edit, number>> = { body: 10, signature: 25 };
/** Milliseconds at 1,000 modules. */
const startAims = { cold: 6_000, warm: 1_500 } as const;
type Start = keyof typeof startAims;

const editHead = [
  'edit',
  'modules',
  'saves',
  'median ms',
  'aim',
  'p90 ms',
  'min–max ms',
  'reload itself ms',
  'first save ms',
  'failed requests',
  'slowest answer ms',
];
const startHead = ['start', 'modules', 'runs', 'median s', 'aim', 'min–max s', 'loading itself s', 'CPU s'];

export function printSignaturesReport(sizes: readonly ProjectSize[], runs: readonly SignaturesRun[]): void {
  console.log('### Save → served\n');
  console.log(
    markdownTable(
      editHead,
      edits.flatMap((edit) => sizes.map((size) => editRow(edit, size, runs))),
    ),
  );
  console.log('\n### Start → first answer\n');
  const starts = ['cold', 'warm'] as const satisfies readonly Start[];
  console.log(
    markdownTable(
      startHead,
      starts.flatMap((start) => sizes.map((size) => startRow(start, size, runs))),
    ),
  );
}

function editRow(edit: Edit, { name, modules }: ProjectSize, runs: readonly SignaturesRun[]): string[] {
  const own = runs
    .filter((run) => run.contender === name)
    .flatMap((run) => run.edits.filter((each) => each.edit === edit));
  // The first save finds a checker that has not opened the project yet; it is told apart.
  const sorted = Float64Array.from(own.flatMap(({ latencies }) => latencies.slice(1))).sort();
  const sent = own.reduce((sum, { background }) => sum + background.sent, 0);
  const failed = own.reduce((sum, { background }) => sum + background.failed, 0);
  return [
    edit,
    formatNumber(modules),
    formatNumber(sorted.length),
    formatNumber(quantile(sorted, 0.5), 1),
    `≤ ${editAims[edit]}`,
    formatNumber(quantile(sorted, 0.9), 1),
    `${formatNumber(quantile(sorted, 0), 1)}–${formatNumber(quantile(sorted, 1), 1)}`,
    formatNumber(median(own.flatMap(({ reloads }) => reloads.slice(1))), 1),
    formatNumber(median(own.flatMap(({ latencies }) => latencies.slice(0, 1))), 1),
    `${formatNumber(failed)} of ${formatNumber(sent)}`,
    formatNumber(Math.max(...own.map(({ background }) => background.slowest)), 1),
  ];
}

function startRow(start: Start, { name, modules }: ProjectSize, runs: readonly SignaturesRun[]): string[] {
  const times: readonly StartTime[] = runs.filter((run) => run.contender === name).map((run) => run[start]);
  const served = times.map((time) => time.served);
  return [
    start,
    formatNumber(modules),
    formatNumber(times.length),
    toSeconds(median(served)),
    modules === 1_000 ? `≤ ${startAims[start] / 1000}` : '',
    `${toSeconds(Math.min(...served))}–${toSeconds(Math.max(...served))}`,
    toSeconds(median(times.flatMap(({ load }) => load ?? []))),
    toSeconds(median(times.flatMap(({ cpu }) => cpu ?? []))),
  ];
}

function toSeconds(milliseconds: number): string {
  return formatNumber(milliseconds / 1000, 2);
}
