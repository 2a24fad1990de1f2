import type { EngineParts } from '../../../apis/_platform/engine/engine-parts.ts';
import { executePlan, type PlanOutcome } from '../../../apis/_platform/engine/execute-plan.ts';
import type { RequestSpec } from '../../../apis/_platform/model/request.ts';
import type { RequestResult } from '../../../apis/_platform/model/result.ts';
import type { PlanRequest, RunPlan } from '../../../apis/_platform/model/run-plan.ts';
import type { ScenarioSteps, Step } from '../../../apis/_platform/model/scenario.ts';
import type { Transport } from '../../../apis/_platform/model/transport.ts';
import { simpleJar } from './plain-transport.ts';

export interface Ran {
  outcome: PlanOutcome;
  results: RequestResult[];
  /** `path status`, by iteration and in the order of completion. */
  story: string[];
}

export async function runPlan(
  transport: Transport,
  plan: Partial<RunPlan>,
  parts: Partial<EngineParts> = {},
): Promise<Ran> {
  const results: RequestResult[] = [];
  const outcome = await executePlan(planOf(plan), {
    transport,
    signal: new AbortController().signal,
    callFunction: async (endpoint) => ({
      success: false,
      status: 404,
      code: 'ENDPOINT_NOT_FOUND',
      error: `No endpoint ${endpoint}.`,
    }),
    openSecret: (sealed) => JSON.parse(Buffer.from(sealed, 'base64').toString()) as string,
    createJar: simpleJar,
    ...parts,
    onResult: async (result) => {
      await parts.onResult?.(result);
      results.push(result);
    },
  });
  return {
    outcome,
    results,
    story: results.map(({ iteration, path, status }) => `${iteration} ${path} ${status}`),
  };
}

export function planOf(plan: Partial<RunPlan>): RunPlan {
  return {
    version: 1,
    type: 'normal',
    name: 'test',
    requests: [],
    scenarios: {},
    apis: {},
    ...plan,
    variables: { environment: [], project: [], modules: {}, ...plan.variables },
  };
}

export function scenarioPlan(steps: Step[] | ScenarioSteps, plan: Partial<RunPlan> = {}): Partial<RunPlan> {
  const whole = Array.isArray(steps) ? { steps } : steps;
  return {
    type: 'scenario',
    scenario: '1',
    ...plan,
    scenarios: { 1: { name: 'main', steps: whole }, ...plan.scenarios },
  };
}

export function spec(url: string, more: Partial<RequestSpec> = {}): RequestSpec {
  return {
    method: 'GET',
    url,
    pathParams: [],
    params: [],
    headers: [],
    body: { type: 'none' },
    auth: { type: 'inherit' },
    ...more,
  };
}

export function request(
  url: string,
  more: Partial<Omit<PlanRequest, 'spec'>> & { spec?: Partial<RequestSpec> } = {},
): PlanRequest {
  return { name: url, assertions: [], extractions: [], ...more, spec: spec(url, more.spec) };
}

export function seal(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64');
}

/** What the server saw, from the body of its answer. */
export function echo(result: RequestResult | undefined): {
  method: string;
  url: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: string;
} {
  return JSON.parse(result?.response?.body?.text ?? 'null') as never;
}
