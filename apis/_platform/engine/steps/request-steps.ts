import type { NamedValue, RequestSpec } from '../../model/request.ts';
import type { Step } from '../../model/scenario.ts';
import { compileValue, type CompiledValue } from '../../values/compiled-value.ts';
import { ValueError } from '../../values/value-error.ts';
import { callSender } from '../call-endpoint.ts';
import { compileChecks, compileRequest } from '../compile-request.ts';
import { plainResult } from '../plain-result.ts';
import { runRequest, runSender } from '../run-request.ts';
import { wholeRequest } from '../whole-request.ts';
import type { CompiledStep, StepCompiler, StepPlace } from './compiled-step.ts';

type StepOf<T extends Step['type']> = Extract<Step, { type: T }>;

export function compileApiStep(step: StepOf<'api'>, compiler: StepCompiler): CompiledStep {
  const api = compiler.run.plan.apis[step.api];
  if (!api) {
    return failing(step, step.name ?? `api ${step.api}`, {
      code: 'UNKNOWN_REFERENCE',
      message: `The catalog entry ${step.api} does not exist (any more).`,
    });
  }
  const name = step.name ?? api.name;
  const request = compileRequest(
    {
      ...api,
      spec: layOver(api.spec, step.with ?? {}),
      assertions: [...api.assertions, ...(step.assertions ?? [])],
      extractions: [...api.extractions, ...(step.extractions ?? [])],
      variables: { ...api.variables, ...step.variables },
    },
    'scenario',
  );
  return {
    source: step,
    name,
    api: step.api,
    attempt: (place) => runRequest(compiler.run, request, requestPlace(place, name)),
  };
}

export function compileInlineStep(step: StepOf<'request'>, compiler: StepCompiler): CompiledStep {
  const spec = wholeRequest(step.request);
  const { auth } = spec;
  const name = step.name ?? `${spec.method} ${spec.url}`;
  const request = compileRequest(
    {
      name,
      ...(compiler.module === undefined ? {} : { module: compiler.module }),
      spec: { ...spec, auth: auth.type === 'inherit' ? (compiler.auth ?? { type: 'none' }) : auth },
      assertions: step.assertions ?? [],
      extractions: step.extractions ?? [],
      ...(step.variables ? { variables: step.variables } : {}),
    },
    'scenario',
  );
  return {
    source: step,
    name,
    attempt: (place) => runRequest(compiler.run, request, requestPlace(place, name)),
  };
}

export function compileCallStep(step: StepOf<'call'>, compiler: StepCompiler): CompiledStep {
  const name = step.name ?? `call ${step.call}`;
  let args: CompiledValue;
  try {
    args = compileValue(step.arguments ?? {}, 'arguments');
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    return failing(step, name, { code: error.code, message: error.message });
  }
  const call = {
    endpoint: step.call,
    arguments: args,
    checks: compileChecks(step, 'scenario'),
    judgesStatus: (step.assertions ?? []).some(({ on, enabled }) => on === 'status' && enabled !== false),
    module: compiler.module,
  };
  return {
    source: step,
    name,
    attempt: (place) =>
      runSender(compiler.run, callSender(compiler.run, call, place.signal), requestPlace(place, name)),
  };
}

/** Lays values over a request; of lists those of the same name are replaced, others added. */
export function layOver(spec: RequestSpec, over: Partial<RequestSpec>): RequestSpec {
  return {
    ...spec,
    ...over,
    pathParams: layOverNames(spec.pathParams, over.pathParams),
    params: layOverNames(spec.params, over.params),
    headers: layOverNames(spec.headers, over.headers, (name) => name.toLowerCase()),
    settings: { ...spec.settings, ...over.settings },
  };
}

function layOverNames(
  list: NamedValue[],
  over: NamedValue[] = [],
  key: (name: string) => string = (name) => name,
): NamedValue[] {
  const replaced = new Set(over.map(({ name }) => key(name)));
  return [...list.filter(({ name }) => !replaced.has(key(name))), ...over];
}

function failing(step: Step, name: string, error: { code: string; message: string }): CompiledStep {
  return {
    source: step,
    name,
    attempt: async ({ iteration, path }) => ({
      result: plainResult({ iteration: iteration.index, path, name }, 'error', error),
      extracted: [],
    }),
  };
}

function requestPlace({ iteration, path, scope, signal }: StepPlace, name: string) {
  return { iteration: iteration.index, path, name, scope, jar: iteration.jar, signal };
}
