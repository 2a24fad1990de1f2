import type { RequestResult, ResultStatus, RunCounts } from '../../../apis/_platform/model/result.ts';
import type { ReportedRun, RunEnd, RunHead, Sink } from '../../../apis/_platform/reports/reporter.ts';

export function makeResult(fields: Partial<RequestResult> = {}): RequestResult {
  return {
    iteration: 0,
    path: 'steps[0]',
    name: 'Get an order',
    status: 'passed',
    attempts: 1,
    startedAt: '2026-03-01T10:00:00.000Z',
    request: { method: 'GET', url: 'https://shop.test/orders/1', headers: [['accept', '*/*']] },
    response: {
      status: 200,
      statusText: 'OK',
      httpVersion: '1.1',
      headers: [['content-type', 'application/json']],
      body: { size: 2, sha256: '00', text: '{}', truncated: false },
    },
    timings: { firstByte: 10, total: 12.5 },
    assertions: [{ name: 'status equals 200', status: 'passed', expected: 200, actual: 200 }],
    extractions: [],
    variables: [],
    ...fields,
  };
}

/** A run with these results; its status and counts are theirs. */
export function makeRun(
  results: readonly RequestResult[] | AsyncIterable<RequestResult>,
  fields: { head?: Partial<RunHead>; end?: Partial<RunEnd> } = {},
): ReportedRun {
  const counts = Array.isArray(results) ? countResults(results) : noCounts();
  const status = counts.error > 0 ? 'error' : counts.failed > 0 ? 'failed' : 'passed';
  return {
    head: { id: 7, name: 'Nightly', type: 'scenario', startedAt: '2026-03-01T10:00:00.000Z', ...fields.head },
    results: Array.isArray(results) ? iterate(results) : (results as AsyncIterable<RequestResult>),
    end: () => ({ status, counts, completedAt: '2026-03-01T10:00:04.500Z', ...fields.end }),
  };
}

export function countResults(results: readonly RequestResult[]): RunCounts {
  const counts = noCounts();
  for (const { status } of results) counts[status satisfies ResultStatus]++;
  return { ...counts, total: results.length };
}

function noCounts(): RunCounts {
  return { total: 0, passed: 0, failed: 0, error: 0, skipped: 0, cancelled: 0 };
}

function iterate(results: readonly RequestResult[]): AsyncIterable<RequestResult> {
  return {
    async *[Symbol.asyncIterator]() {
      yield* results;
    },
  };
}

export interface TextSink extends Sink {
  text(): string;
}

export function textSink(isTTY = false): TextSink {
  const parts: string[] = [];
  return { isTTY, write: (text) => void parts.push(text), text: () => parts.join('') };
}
