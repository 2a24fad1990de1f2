import type { Json } from '../../model/json.ts';
import type { Condition } from '../../model/scenario.ts';
import { compileValue, type CompiledValue, renderCompiled } from '../../values/compiled-value.ts';
import { judge } from '../../values/operators.ts';
import { ValueError } from '../../values/value-error.ts';
import { contextResolver } from '../initial-variables.ts';
import type { StepCompiler, StepPlace } from './compiled-step.ts';

/** Whether a condition holds here. @throws ValueError */
export function conditionHolds(
  { left, operator, right }: Condition,
  { run, module }: StepCompiler,
  place: StepPlace,
): boolean {
  const asked = operator === 'exists' || operator === 'notExists';
  const actual = evaluate(left, { module, place, mayMiss: asked });
  const expected =
    right === undefined || asked ? undefined : evaluate(right, { module, place, mayMiss: false });
  return judge(operator, [alike(actual, expected), expected], run) === undefined;
}

/** A value in a step that is no request. @throws ValueError */
export function evaluateIn(
  value: Json,
  where: string,
  at: { module: number | undefined; place: StepPlace },
): Json {
  return renderCompiled(compileValue(value, where), resolverAt(at, where));
}

function evaluate(
  value: Json,
  at: { module: number | undefined; place: StepPlace; mayMiss: boolean },
): Json | undefined {
  const compiled: CompiledValue = compileValue(value, 'condition');
  try {
    return renderCompiled(compiled, resolverAt(at, 'condition'));
  } catch (error) {
    const missing =
      error instanceof ValueError && (error.code === 'UNKNOWN_VARIABLE' || error.code === 'UNKNOWN_PATH');
    if (missing && at.mayMiss) return undefined;
    throw error;
  }
}

function resolverAt({ module, place }: { module: number | undefined; place: StepPlace }, where: string) {
  const { run, scope, iteration, path } = place;
  return contextResolver({ run, scope, module, iteration: iteration.index, path }, where);
}

/** A number that came as text, as out of a dataset, compared with a number. */
function alike(actual: Json | undefined, expected: Json | undefined): Json | undefined {
  if (typeof actual !== 'string' || typeof expected !== 'number' || actual.trim() === '') return actual;
  const number = Number(actual);
  return Number.isFinite(number) ? number : actual;
}
