import { apiFunction, type CallContext } from 'api-deploy';
import { followRun } from './_platform/reports/follow-run.ts';
import { loadRun } from './_platform/reports/load-run.ts';
import { toReportResponse } from './_platform/reports/report-response.ts';
import type { Language, ReporterName } from './_platform/reports/reporter.ts';
import { reporters } from './_platform/reports/reporters.ts';
import { flakyRequests, type FlakyRequest } from './_platform/reports/statistics/flaky-requests.ts';
import {
  measureWindow,
  type DayFigures,
  type Figures,
} from './_platform/reports/statistics/measure-window.ts';
import type { FailingRequest, SlowRequest } from './_platform/reports/statistics/rank-requests.ts';
import { checkTimeZone, openWindow } from './_platform/reports/statistics/stats-window.ts';
import { runner } from './_platform/runs/running.ts';
import { database } from './_platform/storage/database.ts';

async function report(run: number, name: ReporterName, lang: Language = 'en'): Promise<Response> {
  return toReportResponse(reporters[name], await loadRun(database(), run), { lang });
}

/**
 * The report of a run as one JSON object: the run, its counts, every result in full, and response-time percentiles.
 * Of a run that goes on, what there is by now.
 *
 * @param run id of the run @integer @minimum 1
 * @readonly
 */
export const json = apiFunction((run: number): Promise<Response> => report(run, 'json'));

/**
 * The report of a run as JUnit XML, for CI servers: one test case per iteration and assertion, and per request
 * without assertions.
 *
 * @param run id of the run @integer @minimum 1
 * @readonly
 */
export const junit = apiFunction((run: number): Promise<Response> => report(run, 'junit'));

/**
 * The report of a run as one HTML page with charts and all results, which needs no network. What would make it too
 * large is left out, and the page says how much that is.
 *
 * @param run id of the run @integer @minimum 1
 * @param lang language of the page
 * @readonly
 */
export const html = apiFunction((run: number, lang: Language = 'en'): Promise<Response> =>
  report(run, 'html', lang),
);

/**
 * The report of a run as lines for a terminal, while it goes on: each result when it is there, and a summary at the end.
 *
 * @param run id of the run @integer @minimum 1
 * @param lang language of the lines
 * @param colours whether they have colours for a terminal
 * @readonly
 */
export const console = apiFunction(
  async (run: number, lang: Language = 'en', colours = false, ctx: CallContext): Promise<Response> =>
    toReportResponse(reporters.console, await followRun(runner(), run, ctx.signal), { lang, colours }),
  // From one result to the next.
  { timeout: 86_400 },
);

export interface ProjectStatistics extends Figures {
  projectId: number;
  /** The window, ISO 8601. */
  from: string;
  until: string;
  /** Per day with results, in their order. */
  trend: DayFigures[];
  slowest: SlowRequest[];
  mostFailing: FailingRequest[];
  flaky: FlakyRequest[];
}

/**
 * Statistics over the runs of a project: pass rate, response-time percentiles, both per day, and the slowest, most
 * failing and flaky requests.
 *
 * @param projectId id of the project @integer @minimum 1
 * @param days runs that were made in the last so many days @integer @minimum 1 @maximum 366
 * @param timeZone where days begin and end, such as Asia/Shanghai
 * @param limit requests per list @integer @minimum 1 @maximum 100
 * @readonly
 */
export const statistics = apiFunction(
  async (projectId: number, days = 30, timeZone = 'UTC', limit = 10): Promise<ProjectStatistics> => {
    checkTimeZone(timeZone);
    const db = database();
    const window = await openWindow(db, projectId, days);
    const { all, ...lists } = await measureWindow(db, window, { timeZone, limit });
    return {
      projectId,
      from: window.from,
      until: window.until,
      ...all,
      ...lists,
      flaky: await flakyRequests(db, window, limit),
    };
  },
);

/**
 * Requests of a project that both passed and failed while their definition stayed the same.
 *
 * @param projectId id of the project @integer @minimum 1
 * @param days runs that were made in the last so many days @integer @minimum 1 @maximum 366
 * @param limit @integer @minimum 1 @maximum 100
 * @readonly
 */
export const flaky = apiFunction(
  async (projectId: number, days = 14, limit = 50): Promise<FlakyRequest[]> => {
    const window = await openWindow(database(), projectId, days);
    return await flakyRequests(database(), window, limit);
  },
);
