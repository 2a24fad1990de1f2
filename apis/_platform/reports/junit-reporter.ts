import type { RequestResult } from '../model/result.ts';
import { toJunitCases, type JunitCase } from './junit/to-junit-cases.ts';
import { toXmlAttribute, toXmlText } from './junit/xml-text.ts';
import type { ReportedRun, Reporter, RunEnd } from './reporter.ts';

/**
 * JUnit XML as Jenkins and its kin read it: one suite for the run, one case per iteration and assertion, and per
 * request without assertions. The class of a case names its iteration, so that iterations stay apart.
 */
export const junitReporter: Reporter = {
  name: 'junit',
  contentType: 'application/xml; charset=utf-8',
  extension: 'xml',
  live: false,
  async write(run, sink) {
    const end = await run.end();
    const totals = await countCases(run, end);
    const name = toXmlAttribute(run.head.name);
    const counts = `tests="${totals.tests}" failures="${totals.failed}" errors="${totals.error}"`;
    const started = run.head.startedAt?.slice(0, 19);
    await sink.write(
      `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${name}" ${counts} time="${seconds(totals.seconds)}">\n` +
        `<testsuite name="${name}" ${counts} skipped="${totals.skipped}" time="${seconds(totals.seconds)}"` +
        `${started === undefined ? '' : ` timestamp="${toXmlAttribute(started)}"`}>\n`,
    );
    for await (const result of run.results) {
      const className = classNameOf(run, `iteration ${result.iteration + 1}`);
      const lines = toJunitCases(result).map((each) => toCase(each, { className, result }));
      await sink.write(lines.join(''));
    }
    if (totals.runCase !== undefined) {
      await sink.write(toCase(totals.runCase, { className: classNameOf(run, 'run') }));
    }
    await sink.write('</testsuite>\n</testsuites>\n');
  },
};

interface Totals {
  tests: number;
  passed: number;
  failed: number;
  error: number;
  skipped: number;
  seconds: number;
  runCase: JunitCase | undefined;
}

/** The counts stand before the cases. */
async function countCases(run: ReportedRun, end: RunEnd): Promise<Totals> {
  const totals: Totals = {
    tests: 0,
    passed: 0,
    failed: 0,
    error: 0,
    skipped: 0,
    seconds: 0,
    runCase: undefined,
  };
  const count = (each: JunitCase): void => {
    totals.tests++;
    totals[each.status]++;
    totals.seconds += each.seconds;
  };
  for await (const result of run.results) toJunitCases(result).forEach(count);
  totals.runCase = toRunCase(end, totals);
  if (totals.runCase !== undefined) count(totals.runCase);
  return totals;
}

/** A case for the run itself, where the cases of its results would make it look better than it ended. */
function toRunCase(end: RunEnd, { failed, error }: Totals): JunitCase | undefined {
  const base = { name: 'run', seconds: 0 };
  const reason = end.error === undefined ? '' : `: ${end.error.message}`;
  switch (end.status) {
    case 'passed':
      return undefined;
    case 'failed':
    case 'error':
      if (failed + error > 0 && end.error === undefined) return undefined;
      return {
        ...base,
        status: 'error',
        kind: end.error?.code ?? 'RunError',
        message: `the run is ${end.status}${reason}`,
      };
    case 'interrupted':
      return {
        ...base,
        status: 'error',
        kind: end.error?.code ?? 'Interrupted',
        message: `the run was interrupted${reason}`,
      };
    case 'cancelled':
      return { ...base, status: 'skipped', message: `the run was cancelled${reason}` };
    case 'queued':
    case 'running':
      return { ...base, status: 'skipped', message: `the run has not ended: it is ${end.status}` };
    default: {
      const check: never = end.status;
      return check;
    }
  }
}

/** Readers take what stands before the last dot as the package. */
function classNameOf({ head }: ReportedRun, last: string): string {
  return `${head.name.replaceAll('.', '_')}.${last}`;
}

function toCase(each: JunitCase, place: { className: string; result?: RequestResult }): string {
  const opening = `<testcase classname="${toXmlAttribute(place.className)}" name="${toXmlAttribute(each.name)}" time="${seconds(each.seconds)}"`;
  const message = each.message === undefined ? '' : ` message="${toXmlAttribute(each.message)}"`;
  switch (each.status) {
    case 'passed':
      return `${opening}/>\n`;
    case 'skipped':
      return `${opening}><skipped${message}/></testcase>\n`;
    case 'failed':
    case 'error': {
      const tag = each.status === 'failed' ? 'failure' : 'error';
      const kind = ` type="${toXmlAttribute(each.kind ?? tag)}"`;
      const output = place.result === undefined ? '' : outputOf(place.result);
      return `${opening}><${tag}${message}${kind}>${toXmlText(each.text ?? '')}</${tag}>${output}</testcase>\n`;
    }
    default: {
      const check: never = each.status;
      return check;
    }
  }
}

function outputOf({ request, response, timings }: RequestResult): string {
  if (request === undefined) return '';
  const answer =
    response === undefined ? 'no answer' : `${response.status} ${response.statusText ?? ''}`.trim();
  const time = timings === undefined ? '' : ` in ${Math.round(timings.total)} ms`;
  return `<system-out>${toXmlText(`${request.method} ${request.url}\n${answer}${time}`)}</system-out>`;
}

function seconds(value: number): string {
  return value.toFixed(3);
}
