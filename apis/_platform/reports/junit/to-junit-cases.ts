import type { AssertionResult, RequestResult } from '../../model/result.ts';
import { showValue } from '../show-value.ts';

export interface JunitCase {
  name: string;
  status: 'passed' | 'failed' | 'error' | 'skipped';
  /** Seconds; a request's time is that of its first case, so that the sum is right. */
  seconds: number;
  /** Kind of failure or error. */
  kind?: string;
  message?: string;
  /** More than fits into a line. */
  text?: string;
}

/** One case per assertion; the request is a case of its own where no assertion tells how it ended. */
export function toJunitCases(result: RequestResult): JunitCase[] {
  const title = `${result.name} [${result.path}]`;
  const cases = uniqueNames(result.assertions).map(([name, assertion]): JunitCase => ({
    ...toAssertionCase(assertion),
    name: `${title} › ${name}`,
    seconds: 0,
  }));
  if (!tellHowItEnded(result, cases)) cases.unshift({ ...toRequestCase(result), name: title, seconds: 0 });
  const [first] = cases;
  if (first !== undefined) first.seconds = (result.timings?.total ?? 0) / 1000;
  return cases;
}

function toAssertionCase(
  assertion: AssertionResult,
): Pick<JunitCase, 'status' | 'kind' | 'message' | 'text'> {
  const { status, message } = assertion;
  if (status === 'passed') return { status };
  if (status === 'skipped') return { status, message: message ?? 'not checked' };
  const lines = [
    ...(assertion.expected === undefined ? [] : [`expected: ${showValue(assertion.expected)}`]),
    ...(assertion.actual === undefined ? [] : [`actual: ${showValue(assertion.actual)}`]),
  ];
  return {
    status,
    kind: status === 'failed' ? 'AssertionFailed' : 'AssertionError',
    message: message ?? (lines.join(', ') || `the assertion '${assertion.name}' did not hold`),
    text: lines.join('\n'),
  };
}

function toRequestCase(result: RequestResult): Pick<JunitCase, 'status' | 'kind' | 'message' | 'text'> {
  const { status, error } = result;
  const lost = result.extractions.filter((extraction) => extraction.status === 'failed');
  const reasons = [
    ...(error === undefined ? [] : [`${error.code}: ${error.message}`]),
    ...lost.map(
      ({ name, message }) => `nothing was extracted into '${name}'${message ? `: ${message}` : ''}`,
    ),
  ];
  const message = reasons[0] ?? status;
  switch (status) {
    case 'passed':
      return { status };
    case 'skipped':
    case 'cancelled':
      return { status: 'skipped', message: `${status}${reasons[0] === undefined ? '' : `: ${reasons[0]}`}` };
    case 'failed':
      return {
        status,
        kind: lost.length > 0 ? 'ExtractionFailed' : 'RequestFailed',
        message,
        text: reasons.join('\n'),
      };
    case 'error':
      return { status, kind: error?.code ?? 'RequestError', message, text: reasons.join('\n') };
    default: {
      const check: never = status;
      return check;
    }
  }
}

/** Whether a reader who sees only these cases learns the status of the request. */
function tellHowItEnded(result: RequestResult, cases: readonly JunitCase[]): boolean {
  const has = (status: JunitCase['status']): boolean => cases.some((each) => each.status === status);
  switch (result.status) {
    case 'passed':
      return cases.length > 0;
    case 'failed':
      return has('failed');
    case 'error':
      return has('error') && result.error === undefined;
    case 'skipped':
    case 'cancelled':
      return has('skipped') && result.error === undefined;
    default: {
      const check: never = result.status;
      return check;
    }
  }
}

/** Servers that read such reports know a case by its names: a second one of a name would replace the first. */
function uniqueNames(assertions: readonly AssertionResult[]): [string, AssertionResult][] {
  const seen = new Map<string, number>();
  return assertions.map((assertion) => {
    const times = (seen.get(assertion.name) ?? 0) + 1;
    seen.set(assertion.name, times);
    return [times === 1 ? assertion.name : `${assertion.name} (${times})`, assertion];
  });
}
