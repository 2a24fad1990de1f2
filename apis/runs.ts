import { apiFunction, type CallContext } from 'api-deploy';
import { wholeRequest } from './_platform/engine/whole-request.ts';
import type { Assertion, Extraction } from './_platform/model/checks.ts';
import type { Page } from './_platform/model/page.ts';
import type { InlineRequest } from './_platform/model/request.ts';
import type { ResultStatus, RunStatus, RunType } from './_platform/model/result.ts';
import type { RunOptions, WaitOptions } from './_platform/model/run-options.ts';
import type { ResultSummary, RunRecord } from './_platform/model/run-record.ts';
import { compareRecords, type Comparison } from './_platform/runs/compare-records.ts';
import { chooseApis, type ApiFilter } from './_platform/runs/find-apis.ts';
import { planRerun } from './_platform/runs/plan-rerun.ts';
import { planRequest, planRequests, planScenario } from './_platform/runs/plan-run.ts';
import { getResult, pageOfResults, type WholeResult } from './_platform/runs/read-results.ts';
import { listRecords } from './_platform/runs/list-records.ts';
import { getRecord } from './_platform/runs/record-store.ts';
import { removeRecord } from './_platform/runs/remove-records.ts';
import { applyRetention as applyRetentionOf, retentionOf } from './_platform/runs/retention.ts';
import { runEvents, type RunEvent } from './_platform/runs/run-events.ts';
import { runner } from './_platform/runs/running.ts';
import { startRun } from './_platform/runs/start-run.ts';

/** Whoever waits for a run may have to wait long. Seconds. */
const patient = { timeout: 86_400 };

interface RunOne extends RunOptions, WaitOptions {
  /** Id of the catalog entry. @integer */
  apiId: number;
}

/** Sends one request of the catalog, once or as often as asked. Gives the record at once, or at the end with `wait`. */
export const runOne = apiFunction(
  async ({ apiId, wait, cancelOnLeave, ...options }: RunOne, ctx: CallContext): Promise<RunRecord> => {
    const run = await planRequests(runner().db, { type: 'normal', apiIds: [apiId] }, options);
    return await startRun(runner(), run, { wait, cancelOnLeave, signal: ctx.signal });
  },
  patient,
);

interface RunMany extends RunOptions, WaitOptions {
  /** Ids of catalog entries of one project; this or `filter`. @maxItems 10000 */
  apiIds?: number[];
  /** Which catalog entries of a project; this or `apiIds`. */
  filter?: ApiFilter;
}

/**
 * Sends many requests of the catalog side by side, each by itself: none sees what another one has extracted. Gives the
 * record at once, or at the end with `wait`.
 */
export const runMany = apiFunction(
  async (
    { apiIds, filter, wait, cancelOnLeave, concurrency = 10, ...options }: RunMany,
    ctx: CallContext,
  ): Promise<RunRecord> => {
    const chosen = await chooseApis(runner().db, apiIds, filter);
    const requests = { type: 'parallel', apiIds: chosen } as const;
    const run = await planRequests(runner().db, requests, { ...options, concurrency });
    return await startRun(runner(), run, { wait, cancelOnLeave, signal: ctx.signal });
  },
  patient,
);

interface RunSequence extends RunOptions, WaitOptions {
  /** Ids of catalog entries of one project, in their order. @minItems 1 @maxItems 10000 */
  apiIds: number[];
  /** Whether an iteration ends at the first request that did not pass. Default: false. */
  stopOnFailure?: boolean;
}

/**
 * Sends requests of the catalog one after another; each sees what those before it in its iteration have extracted.
 * Gives the record at once, or at the end with `wait`.
 */
export const runSequence = apiFunction(
  async ({ apiIds, wait, cancelOnLeave, ...options }: RunSequence, ctx: CallContext): Promise<RunRecord> => {
    const run = await planRequests(runner().db, { type: 'sequence', apiIds }, options);
    return await startRun(runner(), run, { wait, cancelOnLeave, signal: ctx.signal });
  },
  patient,
);

interface RunScenario extends RunOptions, WaitOptions {
  /** Id of the scenario. @integer */
  scenarioId: number;
}

/** Runs a scenario as it is saved now, with all that it reaches. Gives the record at once, or at the end with `wait`. */
export const runScenario = apiFunction(
  async (
    { scenarioId, wait, cancelOnLeave, ...options }: RunScenario,
    ctx: CallContext,
  ): Promise<RunRecord> => {
    const run = await planScenario(runner().db, scenarioId, options);
    return await startRun(runner(), run, { wait, cancelOnLeave, signal: ctx.signal });
  },
  patient,
);

interface RunRequest extends RunOptions, WaitOptions {
  /** Id of the project whose variables hold, and to which the record belongs. @integer */
  projectId: number;
  /** Id of the module whose variables hold, too. @integer */
  moduleId?: number;
  /** Auth of type `inherit` means none. */
  request: InlineRequest;
  /** @maxItems 500 */
  assertions?: Assertion[];
  /** @maxItems 500 */
  extractions?: Extraction[];
}

/**
 * Sends a request that is not in the catalog, as it stands in an editor. Gives the record at once, or at the end with
 * `wait`.
 */
export const runRequest = apiFunction(
  async (
    {
      projectId,
      moduleId,
      request,
      assertions = [],
      extractions = [],
      wait,
      cancelOnLeave,
      ...options
    }: RunRequest,
    ctx: CallContext,
  ): Promise<RunRecord> => {
    const spec = wholeRequest(request);
    const name = `${spec.method} ${spec.url}`;
    const module = moduleId === undefined ? {} : { module: moduleId };
    const sent = { name, ...module, spec, assertions, extractions };
    const run = await planRequest(runner().db, { projectId, request: sent }, options);
    return await startRun(runner(), run, { wait, cancelOnLeave, signal: ctx.signal });
  },
  patient,
);

interface RerunFailed extends WaitOptions {
  /** Id of the earlier run. @integer */
  id: number;
}

/**
 * Runs again what failed, or was an error, in a run that has ended, as a new run: single requests, or the whole
 * iterations of a sequence or scenario. Requests are as they were then, so that `compare` shows the two side by side.
 */
export const rerunFailed = apiFunction(
  async ({ id, ...waiting }: RerunFailed, ctx: CallContext): Promise<RunRecord> => {
    const run = await planRerun(runner().db, id);
    return await startRun(runner(), run, { ...waiting, signal: ctx.signal });
  },
  patient,
);

/**
 * How a run stands.
 *
 * @param id id of the run @integer
 * @readonly
 */
export const get = apiFunction((id: number): Promise<RunRecord> => getRecord(runner().db, id));

/**
 * Runs, newest first.
 *
 * @param projectId only of this project @integer
 * @param status only with one of these statuses
 * @param type only of this type
 * @param scenarioId only of this scenario @integer
 * @param environmentId only with this environment @integer
 * @param from made at this time or later @format date-time
 * @param until made before this time @format date-time
 * @param text anywhere in the name @maxLength 200
 * @param page from 1 @integer @minimum 1
 * @param pageSize runs on a page @integer @minimum 1 @maximum 200
 * @readonly
 */
export const list = apiFunction(
  (
    projectId?: number,
    status?: RunStatus[],
    type?: RunType,
    scenarioId?: number,
    environmentId?: number,
    from?: string,
    until?: string,
    text?: string,
    page = 1,
    pageSize = 50,
  ): Promise<Page<RunRecord>> =>
    listRecords(
      runner().db,
      { projectId, status, type, scenarioId, environmentId, from: utc(from), until: utc(until), text },
      { page, pageSize },
    ),
);

/**
 * Results of a run in the order of their completion, without requests, answers and checks: `result` gives those.
 * What this gives is committed, and survives a crash.
 *
 * @param id id of the run @integer
 * @param status only with one of these statuses
 * @param iteration only of this iteration, from 0 @integer @minimum 0
 * @param path only of this step (`steps[2]`), and of those within it @maxLength 500
 * @param text anywhere in the name, the URL, or the whole result @maxLength 200
 * @param page from 1 @integer @minimum 1
 * @param pageSize results on a page @integer @minimum 1 @maximum 200
 * @readonly
 */
export const results = apiFunction(
  async (
    id: number,
    status?: ResultStatus[],
    iteration?: number,
    path?: string,
    text?: string,
    page = 1,
    pageSize = 50,
  ): Promise<Page<ResultSummary>> => {
    await getRecord(runner().db, id);
    const filter = { status, iteration, path, text };
    return await pageOfResults(runner().db, { record: id, filter }, { page, pageSize });
  },
);

/**
 * One result as a whole: the request as it was sent, the answer, times, checks, extractions and variables.
 *
 * @param id id of the result, as `results` and `events` give it @integer
 * @readonly
 */
export const result = apiFunction((id: number): Promise<WholeResult> => getResult(runner().db, id));

/**
 * Follows a run: every result that is committed, how it stands, and its end. It does not matter which process runs it;
 * after the end all of it is told at once.
 *
 * @param id id of the run @integer
 * @param after only results with a higher `sequence` than this; default: all @integer @minimum -1
 * @readonly
 */
export const events = apiFunction((id: number, after = -1, ctx: CallContext): AsyncIterable<RunEvent> =>
  runEvents(runner(), id, { after, signal: ctx.signal }),
);

/**
 * Cancels a run, in whichever process it runs: requests in flight are aborted, nothing new is begun, teardowns run.
 * The answer comes at once, `status` says when it has ended.
 *
 * @param id id of the run @integer
 */
export const cancel = apiFunction((id: number): Promise<RunRecord> => runner().cancel(id));

/**
 * How one run differs from another one: what failed or passed newly, what answers differently, what takes longer.
 * Results are matched by iteration and path, else by iteration, catalog entry and name.
 *
 * @param base id of the earlier run @integer
 * @param head id of the later run @integer
 * @param limit entries of each list at most; the counts are of all @integer @minimum 0 @maximum 1000
 * @readonly
 */
export const compare = apiFunction((base: number, head: number, limit = 200): Promise<Comparison> =>
  compareRecords(runner().db, { base, head }, limit),
);

/**
 * Removes a run that has ended, with its results.
 *
 * @param id id of the run @integer
 * @destructive
 */
export const remove = apiFunction(async (id: number): Promise<{ removed: number }> => {
  await removeRecord(runner().db, id);
  return { removed: id };
});

/**
 * Removes runs of a project that are not to be kept; never one that has not ended. What the project's settings say
 * under `retention` happens by itself every day.
 *
 * @param projectId id of the project @integer
 * @param days runs that ended longer ago go; default: as the project's settings say @minimum 0 @maximum 36500
 * @param records how many of the newest stay; default: as the project's settings say @integer @minimum 0 @maximum 1000000
 * @destructive
 */
export const applyRetention = apiFunction(
  async (projectId: number, days?: number, records?: number): Promise<{ removed: number[] }> => {
    const settings = await retentionOf(runner().db, projectId);
    const given = days === undefined && records === undefined ? settings : { days, records };
    return { removed: await applyRetentionOf(runner().db, projectId, given) };
  },
);

/** Times are kept in UTC, and compared as text. */
function utc(time: string | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}
