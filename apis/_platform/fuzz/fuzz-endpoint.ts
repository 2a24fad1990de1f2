import type { Role, ServedEndpoint, Service } from 'api-deploy';
import type { Json } from '../model/json.ts';
import { invalidBodies, validBodies, type Body, type InvalidBody } from './arbitraries/bodies.ts';
import { toCallBody } from './call-body.ts';
import type { FuzzFailure, FuzzReport } from './fuzz-report.ts';
import { createJudge, type Judge } from './judge-answer.ts';
import { SchemaError } from './schema/json-schema.ts';
import { searchFailure, type Search } from './search-failure.ts';

export interface FuzzOptions {
  readonly seed: number;
  /** Valid and invalid arguments that are tried, each. */
  readonly cases: number;
  /** Milliseconds for all. */
  readonly timeBudget: number;
  readonly roles: readonly Role[];
  readonly signal?: AbortSignal | undefined;
  readonly call: Service['call'];
}

/**
 * Calls an endpoint with generated arguments, first valid, then invalid ones, and makes smaller what fails. Each kind
 * of arguments gives one failure at most.
 */
export async function fuzzEndpoint(endpoint: ServedEndpoint, options: FuzzOptions): Promise<FuzzReport> {
  const began = performance.now();
  const report = emptyReport(endpoint.path, options.seed);
  try {
    const trial = createTrial(endpoint, options);
    const valid = await trial.valid();
    report.valid = valid.runs;
    report.refused = valid.refusals.length;
    take(report, valid, (body) => ({ body: asJson(body) }));
    if (valid.refusals.length > 0) report.notes.push(describeRefusals(valid));
    if (valid.hopeless === undefined) {
      const invalid = await tryInvalid(trial, report);
      if (invalid !== undefined) {
        report.invalid = invalid.runs;
        take(report, invalid, ({ body, mutation, problem }) => ({ body: asJson(body), mutation, problem }));
      }
    }
    report.notes.push(...limitsOf(endpoint));
    if (report.valid === 0 && report.invalid === 0 && report.failures.length === 0) report.status = 'error';
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    report.status = 'error';
    report.complete = false;
    report.notes.push(error.message);
  }
  if (report.failures.length > 0) report.status = 'failed';
  report.time = Math.round(performance.now() - began);
  return report;
}

/** What nothing was tried of yet. */
export function emptyReport(endpoint: string, seed: number): FuzzReport {
  return {
    endpoint,
    status: 'passed',
    seed,
    valid: 0,
    refused: 0,
    invalid: 0,
    complete: true,
    failures: [],
    notes: [],
    time: 0,
  };
}

interface Trial {
  valid(): Promise<Search<Body>>;
  invalid(): Promise<Search<InvalidBody>>;
}

/** @throws SchemaError when the endpoint's schemas cannot be used */
function createTrial(endpoint: ServedEndpoint, options: FuzzOptions): Trial {
  const { seed, cases, timeBudget, roles, signal } = options;
  const judge: Judge = createJudge(endpoint);
  const ends = performance.now() + timeBudget;
  const stop = (): boolean => performance.now() >= ends || signal?.aborted === true;
  const call = (body: Body) =>
    options.call(endpoint.path, toCallBody(body, endpoint.input), {
      roles,
      ...(signal === undefined ? {} : { signal }),
    });
  return {
    valid: () =>
      searchFailure(validBodies(endpoint.input), async (body) => judge.valid(await call(body)), {
        seed,
        cases,
        stop,
      }),
    invalid: () =>
      searchFailure(
        invalidBodies(endpoint.input),
        async ({ body, problem }) => judge.invalid(await call(body), problem),
        { seed, cases, stop },
      ),
  };
}

/** A schema that accepts every object leaves nothing to try. */
async function tryInvalid(trial: Trial, report: FuzzReport): Promise<Search<InvalidBody> | undefined> {
  try {
    return await trial.invalid();
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    report.notes.push(`no invalid arguments were tried: ${error.message}`);
    return undefined;
  }
}

function take<T>(
  report: FuzzReport,
  { complete, hopeless, found }: Search<T>,
  describe: (value: T) => Pick<FuzzFailure, 'body' | 'mutation' | 'problem'>,
): void {
  report.complete &&= complete;
  if (hopeless !== undefined) report.notes.push(`the rest was not tried: ${hopeless}`);
  else if (!complete)
    report.notes.push(
      found === undefined ? 'time was up before all cases were tried' : 'a smaller failure may exist',
    );
  if (found === undefined) return;
  const { kind, message, answer } = found.verdict;
  report.failures.push({ kind, message, ...describe(found.value), answer, shrinks: found.shrinks });
}

function describeRefusals({ refusals, runs }: Search<Body>): string {
  return `${refusals.length} of ${runs} valid arguments were refused by finer rules than JSON Schema has, such as: ${refusals[0]}`;
}

function limitsOf({ output, returns }: ServedEndpoint): string[] {
  if (returns === 'stream') return ['the items of its stream were not checked'];
  if (returns === 'response') return ['it makes the whole answer itself, which was not checked'];
  return output === undefined ? ['its result was not checked: its type is not known'] : [];
}

function asJson(body: Body): { [name: string]: Json } {
  return body as { [name: string]: Json };
}
