import type { RequestResult, ResultStatus } from '../model/result.ts';
import { consoleTexts } from './console/console-texts.ts';
import { describeResult, type Look } from './console/describe-result.ts';
import { colourOf, createPaint, marks } from './console/paint.ts';
import { toTerminalText } from './console/terminal-text.ts';
import type { Reporter, ReportOptions, RunEnd, RunHead, Sink } from './reporter.ts';
import { createTimeSketch, type TimeSketch } from './time-sketch.ts';

/** Repeated at the end, where they are seen. */
const repeatedFailures = 20;

/** Lines for a terminal while the run goes on, and a summary. */
export const consoleReporter: Reporter = {
  name: 'console',
  contentType: 'text/plain; charset=utf-8',
  extension: 'txt',
  live: true,
  async write({ head, results, end }, sink, options = {}) {
    const look: Look = { lang: options.lang ?? 'en', paint: createPaint(wantsColours(sink, options)) };
    await sink.write(`${titleOf(head, look)}\n\n`);
    const seen = createTally();
    for await (const result of results) {
      seen.add(result);
      await sink.write(`${describeResult(result, look)}\n`);
    }
    await sink.write(summaryOf({ head, end: await end(), seen }, look));
  },
};

function wantsColours(sink: Sink, { colours }: ReportOptions): boolean {
  return colours ?? (sink.isTTY === true && (process.env['NO_COLOR'] ?? '') === '');
}

function titleOf({ name, project, environment }: RunHead, { paint }: Look): string {
  const place = [project, environment].filter((part) => part !== undefined).join(' · ');
  return (
    paint('bold', toTerminalText(name, 200)) +
    (place === '' ? '' : `  ${paint('grey', toTerminalText(place))}`)
  );
}

interface Tally {
  results: Record<ResultStatus, number>;
  assertions: Record<'passed' | 'failed' | 'error' | 'skipped', number>;
  /** Answers that nothing was asserted of, and those among them with a status of 400 or more. */
  unchecked: { count: number; refused: number };
  times: TimeSketch;
  notPassed: RequestResult[];
  add(result: RequestResult): void;
}

function createTally(): Tally {
  const tally: Tally = {
    results: { passed: 0, failed: 0, error: 0, skipped: 0, cancelled: 0 },
    assertions: { passed: 0, failed: 0, error: 0, skipped: 0 },
    unchecked: { count: 0, refused: 0 },
    times: createTimeSketch(),
    notPassed: [],
    add(result) {
      tally.results[result.status]++;
      for (const { status } of result.assertions) tally.assertions[status]++;
      addUnchecked(tally.unchecked, result);
      if (result.timings !== undefined) tally.times.add(result.timings.total);
      const bad = result.status === 'failed' || result.status === 'error';
      if (bad && tally.notPassed.length < repeatedFailures) tally.notPassed.push(withoutBodies(result));
    },
  };
  return tally;
}

function addUnchecked(unchecked: Tally['unchecked'], { status, response, assertions }: RequestResult): void {
  if (status !== 'passed' || response === undefined || assertions.length > 0) return;
  unchecked.count++;
  if (response.status >= 400) unchecked.refused++;
}

/** Only what the summary shows, so that a failure's bodies are let go of. */
function withoutBodies(result: RequestResult): RequestResult {
  const { request, response, ...rest } = result;
  return {
    ...rest,
    ...(request === undefined ? {} : { request: { method: request.method, url: request.url, headers: [] } }),
    ...(response === undefined
      ? {}
      : { response: { status: response.status, httpVersion: '', headers: [] } }),
  };
}

function summaryOf({ head, end, seen }: { head: RunHead; end: RunEnd; seen: Tally }, look: Look): string {
  const { lang, paint } = look;
  const texts = consoleTexts[lang];
  const lines = [''];
  if (seen.notPassed.length > 0) {
    const all = seen.results.failed + seen.results.error;
    lines.push(
      paint('bold', texts.notPassed),
      ...seen.notPassed.map((result) => describeResult(result, look)),
    );
    if (all > seen.notPassed.length) lines.push(`  ${texts.more(all - seen.notPassed.length)}`);
    lines.push('');
  }
  lines.push(`${texts.results}: ${countsOf(seen.results, look)}`);
  lines.push(`${texts.assertions}: ${countsOf(seen.assertions, look)}`);
  if (seen.unchecked.count > 0) lines.push(paint('yellow', texts.unchecked(seen.unchecked)));
  const { count, p50, p90, p95, p99, max } = seen.times.summary();
  if (count > 0) {
    const times = { p50, p90, p95, p99, max };
    const shown = Object.entries(times).map(([name, time]) => `${name} ${Math.round(time ?? 0)} ms`);
    lines.push(`${texts.times}: ${shown.join('  ')}`);
  }
  if (head.startedAt !== undefined && end.completedAt !== undefined) {
    const duration = (Date.parse(end.completedAt) - Date.parse(head.startedAt)) / 1000;
    lines.push(`${texts.duration}: ${duration.toFixed(1)} s`);
  }
  const reason = end.error === undefined ? '' : `  ${end.error.code}: ${toTerminalText(end.error.message)}`;
  lines.push('', paint('bold', paint(colourOf(end.status), texts.statuses[end.status])) + reason, '');
  return lines.join('\n');
}

function countsOf(counts: Partial<Record<ResultStatus, number>>, { lang, paint }: Look): string {
  return (Object.keys(counts) as ResultStatus[])
    .filter((status) => status === 'passed' || (counts[status] ?? 0) > 0)
    .map((status) => {
      const [mark, colour] = marks[status];
      return paint(colour, `${mark} ${counts[status]} ${consoleTexts[lang].statuses[status]}`);
    })
    .join('  ');
}
