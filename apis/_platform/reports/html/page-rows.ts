import type { Json } from '../../model/json.ts';
import type { RequestResult, StoredBody } from '../../model/result.ts';
import { showValue } from '../show-value.ts';
import { toScriptJson } from './html-text.ts';

/** Bounds of the page, so that a browser opens it whatever the run was. */
export const pageLimits = {
  /** Rows in all, and of results that passed: failures keep their place after many that passed. */
  rows: 20_000,
  passedRows: 15_000,
  /** Characters of the details of results that passed, and of all others. */
  details: { passed: 4_000_000, other: 8_000_000 },
  body: 8_000,
  value: 1_000,
  listItems: 200,
} as const;

export interface PageRows {
  /** The elements that a result adds to the page; nothing when the page is full. */
  add(result: RequestResult): string;
  /** The rows that are still to be written, and what was left out. */
  end(): { text: string; rowsCut: number; detailsCut: number };
}

const rowsPerElement = 200;

/** Results as data elements for the page's script, within the page's bounds. */
export function createPageRows(): PageRows {
  const rows = { passed: 0, other: 0 };
  const details = { passed: 0, other: 0 };
  const full = { passed: false, other: false };
  let pending: unknown[] = [];
  let rowsCut = 0;
  let detailsCut = 0;

  function flush(): string {
    if (pending.length === 0) return '';
    const text = `<script type="application/json" class="rows">${toScriptJson(pending)}</script>\n`;
    pending = [];
    return text;
  }

  return {
    add(result) {
      const kind = result.status === 'passed' ? 'passed' : 'other';
      const id = rows.passed + rows.other;
      if (id >= pageLimits.rows || (kind === 'passed' && rows.passed >= pageLimits.passedRows)) {
        rowsCut++;
        return '';
      }
      rows[kind]++;
      // After the first one that does not fit none is made any more.
      const detail = full[kind] ? '' : toScriptJson(toDetail(result));
      const fits = !full[kind] && details[kind] + detail.length <= pageLimits.details[kind];
      if (fits) details[kind] += detail.length;
      else detailsCut++;
      full[kind] = !fits;
      pending.push(toRow(result, fits));
      const element = fits ? `<script type="application/json" id="detail-${id}">${detail}</script>\n` : '';
      return element + (pending.length === rowsPerElement ? flush() : '');
    },
    end: () => ({ text: flush(), rowsCut, detailsCut }),
  };
}

function toRow(result: RequestResult, hasDetail: boolean): unknown[] {
  const { iteration, path, name, status, request, response, timings } = result;
  return [
    iteration,
    cut(path, 200),
    cut(name, 200),
    status,
    request === undefined ? null : cut(request.method, 20),
    request === undefined ? null : cut(request.url, 300),
    response?.status ?? null,
    timings === undefined ? null : Math.round(timings.total * 10) / 10,
    hasDetail ? 1 : 0,
  ];
}

/** What is shown of a result when it is opened; every text in it is cut to a bound. */
function toDetail(result: RequestResult): unknown {
  const { request, response, error } = result;
  return {
    error: error === undefined ? undefined : { code: cut(error.code), message: cut(error.message) },
    assertions: some(result.assertions).map(({ name, status, expected, actual, message }) => ({
      name: cut(name),
      status,
      expected: shown(expected),
      actual: shown(actual),
      message: message === undefined ? undefined : cut(message),
    })),
    request: request && {
      method: cut(request.method),
      url: cut(request.url, 8_000),
      headers: toPairs(request.headers),
      body: toBody(request.body),
    },
    response: response && {
      status: response.status,
      statusText: response.statusText === undefined ? undefined : cut(response.statusText),
      headers: toPairs(response.headers),
      body: toBody(response.body),
    },
    timings: Object.entries(result.timings ?? {}).map(([name, time]) => [
      name,
      `${Math.round(time * 100) / 100} ms`,
    ]),
    attempts: result.attempts,
    extractions: toPairs(
      result.extractions.map(({ name, value, message }) => [name, shown(value) ?? message ?? '']),
    ),
    variables: toPairs(
      result.variables.map(({ name, scope, value }) => [`${name} (${scope})`, shown(value) ?? '']),
    ),
  };
}

function toBody(body: StoredBody | undefined) {
  if (body === undefined) return undefined;
  const { size, text, truncated } = body;
  if (text === undefined) return { size };
  return { size, text: text.slice(0, pageLimits.body), cut: truncated || text.length > pageLimits.body };
}

function toPairs(pairs: readonly (readonly [string, string])[]): [string, string][] {
  return some(pairs).map(([name, value]) => [cut(name), cut(value)]);
}

function shown(value: Json | undefined): string | undefined {
  return value === undefined ? undefined : showValue(value, pageLimits.value);
}

function some<Item>(items: readonly Item[]): readonly Item[] {
  return items.slice(0, pageLimits.listItems);
}

function cut(text: string, limit: number = pageLimits.value): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}…`;
}
