import { setImmediate as turn } from 'node:timers/promises';
import { resultStatuses, type ResultStatus, type RunCounts } from '../../model/result.ts';
import type { Database } from '../../storage/open-database.ts';
import { createTimeSketch, type TimeSketch, type TimeSummary } from '../time-sketch.ts';
import { createRanking, type FailingRequest, type RequestKey, type SlowRequest } from './rank-requests.ts';
import type { StatsWindow } from './stats-window.ts';

export interface Figures {
  /** Runs that have results in it. */
  runs: number;
  counts: RunCounts;
  /** Share (0 to 1) of the passed among passed, failed and errors; null without any. */
  passRate: number | null;
  /** Milliseconds; percentiles within 1 %. */
  times: TimeSummary;
}

export interface DayFigures extends Figures {
  /** `YYYY-MM-DD` in the time zone asked for. */
  day: string;
}

export interface MeasuredWindow {
  all: Figures;
  /** Days with results, in their order. */
  trend: DayFigures[];
  slowest: SlowRequest[];
  mostFailing: FailingRequest[];
}

const recordsAtOnce = 100;
const resultsAtOnce = 2000;

/** Reads the results of the window once, page by page. `limit`: requests per list. */
export async function measureWindow(
  db: Database,
  window: StatsWindow,
  { timeZone, limit }: { timeZone: string; limit: number },
): Promise<MeasuredWindow> {
  const all = createGathering();
  const days = new Map<string, Gathering>();
  const ranking = createRanking();
  const dayOf = createDayFormat(timeZone);
  for await (const result of readWindow(db, window)) {
    const { record, status, time } = result;
    const name = dayOf(result.startedAt);
    const day = days.get(name) ?? createGathering();
    days.set(name, day);
    for (const each of [all, day]) {
      if (each.lastRecord !== record) each.runs++;
      each.lastRecord = record;
      each.counts[status]++;
      if (time !== null) each.times.add(time);
    }
    ranking.add(result);
  }
  const trend = [...days]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, gathered]) => ({ day, ...toFigures(gathered) }));
  return {
    all: toFigures(all),
    trend,
    slowest: ranking.slowest(limit),
    mostFailing: ranking.mostFailing(limit),
  };
}

interface Gathering {
  runs: number;
  lastRecord: number | undefined;
  counts: Record<ResultStatus, number>;
  times: TimeSketch;
}

function createGathering(): Gathering {
  const counts = { passed: 0, failed: 0, error: 0, skipped: 0, cancelled: 0 };
  return { runs: 0, lastRecord: undefined, counts, times: createTimeSketch() };
}

function toFigures({ runs, counts, times }: Gathering): Figures {
  const judged = counts.passed + counts.failed + counts.error;
  const total = resultStatuses.reduce((sum, status) => sum + counts[status], 0);
  return {
    runs,
    counts: { total, ...counts },
    passRate: judged === 0 ? null : counts.passed / judged,
    times: times.summary(),
  };
}

interface ReadResult extends RequestKey {
  record: number;
  status: ResultStatus;
  time: number | null;
  startedAt: string;
}

/** Record by record, so that each page is found through an index. */
async function* readWindow(db: Database, window: StatsWindow): AsyncGenerator<ReadResult> {
  for (let after = 0; ;) {
    const records = await db
      .selectFrom('testRecords')
      .select('id')
      .where('projectId', '=', window.projectId)
      .where('removing', '=', 0)
      .where('createdAt', '>=', window.from)
      .where('createdAt', '<=', window.until)
      .where('id', '>', after)
      .orderBy('id')
      .limit(recordsAtOnce)
      .execute();
    for (const { id } of records) yield* readRecord(db, id);
    const last = records.at(-1);
    if (last === undefined || records.length < recordsAtOnce) return;
    after = last.id;
    await turn();
  }
}

async function* readRecord(db: Database, record: number): AsyncGenerator<ReadResult> {
  for (let sequence = -1; ;) {
    const rows = await db
      .selectFrom('testResults')
      .select(['sequence', 'apiId as api', 'name', 'method', 'status', 'time', 'startedAt'])
      .where('recordId', '=', record)
      .where('sequence', '>', sequence)
      .orderBy('sequence')
      .limit(resultsAtOnce)
      .execute();
    for (const { sequence: _sequence, status, ...row } of rows) {
      yield { ...row, record, status: status as ResultStatus };
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < resultsAtOnce) return;
    ({ sequence } = last);
    await turn();
  }
}

/** Formats each minute once: all of it lies on one day, whatever the offset of the zone is. */
function createDayFormat(timeZone: string): (iso: string) => string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  let minute = '';
  let day = '';
  return (iso) => {
    const itsMinute = iso.slice(0, 16);
    if (itsMinute !== minute) {
      minute = itsMinute;
      day = format.format(new Date(iso));
    }
    return day;
  };
}
