import type { Json } from '../../model/json.ts';
import type { Step } from '../../model/scenario.ts';
import { literals } from '../../values/variable.ts';
import { StepError } from '../step-error.ts';
import type { CompiledStep, StepCompiler, StepPlace, Verdict } from './compiled-step.ts';
import { conditionHolds, evaluateIn } from './condition.ts';
import { isStopped, runSteps } from './run-steps.ts';

type StepOf<T extends Step['type']> = Extract<Step, { type: T }>;

const defaultLimit = 100;
const highestLimit = 10_000;
const highestRepeat = 1_000_000;

/** What a loop asks before each turn: its variables, or undefined when it has ended. Throws at its bound. */
type NextTurn = (turn: number) => { [name: string]: Json } | undefined;

export function compileForEach(step: StepOf<'forEach'>, compiler: StepCompiler): CompiledStep {
  const { item = 'item', index = 'index' } = step;
  return compileLoop(step, compiler, (place) => {
    const items = evaluateIn(step.items, 'items', { module: compiler.module, place });
    if (!Array.isArray(items)) {
      throw new StepError(
        'NOT_A_LIST',
        `forEach needs a list, got ${JSON.stringify(items).slice(0, 100)}. A JSON text becomes one with | parseJson.`,
      );
    }
    return (turn) => (turn < items.length ? { [item]: items[turn] ?? null, [index]: turn } : undefined);
  });
}

export function compileWhile(step: StepOf<'while'>, compiler: StepCompiler): CompiledStep {
  const limit = Math.min(step.limit ?? defaultLimit, highestLimit);
  return compileLoop(step, compiler, (place) => (turn) => {
    if (!conditionHolds(step.condition, compiler, place)) return undefined;
    if (turn >= limit) {
      throw new StepError(
        'LIMIT_REACHED',
        `The condition still holds after ${limit} turns, which is the limit.`,
      );
    }
    return { index: turn };
  });
}

export function compileRepeat(step: StepOf<'repeat'>, compiler: StepCompiler): CompiledStep {
  return compileLoop(step, compiler, (place) => {
    const times = Number(evaluateIn(step.times, 'times', { module: compiler.module, place }));
    if (!Number.isInteger(times) || times < 0 || times > highestRepeat) {
      throw new StepError(
        'NOT_A_NUMBER',
        `repeat needs a whole number of times from 0 to ${highestRepeat}, got ${JSON.stringify(step.times)}.`,
      );
    }
    return (turn) => (turn < times ? { index: turn } : undefined);
  });
}

function compileLoop(
  step: StepOf<'forEach' | 'while' | 'repeat'>,
  compiler: StepCompiler,
  begin: (place: StepPlace) => NextTurn,
): CompiledStep {
  const steps = compiler.compile(step.steps);
  return {
    source: step,
    name: step.name ?? step.type,
    execute: async (place) => {
      const next = begin(place);
      let verdict: Verdict = 'passed';
      for (let turn = 0; ; turn += 1) {
        if (isStopped(place)) return 'cancelled';
        const variables = next(turn);
        if (!variables) return verdict;
        const scope = place.scope.turn(literals(variables));
        const last = await runSteps(steps, { ...place, scope, path: `${place.path}#${turn}` }, 'steps');
        if (last === 'failed' || last === 'cancelled') return last;
        if (last === 'tolerated') verdict = last;
      }
    },
  };
}
