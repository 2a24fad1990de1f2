import type { Json } from '../model/json.ts';
import { compileValue, renderCompiled } from '../values/compiled-value.ts';
import { seededSource, systemSource } from '../values/random-source.ts';
import { Resolver } from '../values/resolver.ts';
import { templated, type Variable, type Variables } from '../values/variable.ts';
import type { Run } from './run.ts';
import type { RunScope } from './run-scope.ts';

/** What an iteration or scenario begins with: its own variables, and over them those given with the run. */
export function initialVariables(run: Run, own: { [name: string]: Json }): Variables {
  return templated({ ...own, ...run.plan.variables.given });
}

/**
 * Gives each variable its value for the whole iteration, so that a random one stays the same; one may speak of
 * another. @throws ValueError
 */
export function settle(variables: Variables, context: EvaluationContext): void {
  for (const [name, { templated: written }] of variables) {
    if (!written) continue;
    const resolver = contextResolver(context, name);
    // Read by its name, so that its own name inside it means the one farther out.
    const value = resolver.valueOf(name) ?? null;
    variables.set(name, { value, ...masksOf(resolver) });
  }
}

export interface EvaluationContext {
  run: Run;
  scope: RunScope;
  module: number | undefined;
  iteration: number;
  /** Of the step or scenario: random values are the same when a run that was cut off goes on. */
  path: string;
}

/** The value of what a step sets, as a variable of its own. @throws ValueError */
export function evaluateVariable(value: Json, where: string, context: EvaluationContext): Variable {
  const resolver = contextResolver(context, where);
  return { value: renderCompiled(compileValue(value, where), resolver), ...masksOf(resolver) };
}

function masksOf({ derived }: Resolver): Pick<Variable, 'masks'> {
  return derived.length > 0 ? { masks: [...derived] } : {};
}

/** A resolver for what is no request. */
export function contextResolver(
  { run, scope, module, iteration, path }: EvaluationContext,
  where = '',
): Resolver {
  const { seed } = run.plan;
  const random = seed === undefined ? systemSource : seededSource(`${seed}/${iteration}/${path}/${where}`);
  return new Resolver(() => scope.layers(module), { iteration, random });
}
