import type { Step } from '../../model/scenario.ts';
import type { Variables } from '../../values/variable.ts';
import { concurrently } from '../concurrently.ts';
import { evaluateVariable } from '../initial-variables.ts';
import { StepError } from '../step-error.ts';
import type { CompiledStep, StepCompiler, StepPlace, Verdict } from './compiled-step.ts';
import { conditionHolds } from './condition.ts';
import { childPlace, runStep, runSteps } from './run-steps.ts';

type StepOf<T extends Step['type']> = Extract<Step, { type: T }>;

/** Scenarios inside of scenarios. */
const deepest = 20;

export function compileIf(step: StepOf<'if'>, compiler: StepCompiler): CompiledStep {
  const then = compiler.compile(step.then);
  const otherwise = compiler.compile(step.else ?? []);
  return {
    source: step,
    name: step.name ?? 'if',
    execute: (place) =>
      conditionHolds(step.condition, compiler, place)
        ? runSteps(then, place, 'then')
        : runSteps(otherwise, place, 'else'),
  };
}

export function compileParallel(step: StepOf<'parallel'>, compiler: StepCompiler): CompiledStep {
  const branches = compiler.compile(step.steps);
  return {
    source: step,
    name: step.name ?? 'parallel',
    execute: async (place) => {
      const scopes = branches.map(() => place.scope.branch());
      const verdicts: Verdict[] = [];
      async function* all() {
        yield* branches.entries();
      }
      await concurrently(all(), {
        limit: step.concurrency ?? branches.length,
        // Each branch looks by itself whether it is to begin.
        stopped: () => false,
        work: async ([index, branch]) => {
          const scope = scopes[index] ?? place.scope;
          verdicts.push(await runStep(branch, { ...childPlace(place, 'steps', index), scope }));
        },
      });
      for (const scope of scopes) place.scope.takeOver(scope);
      return worst(verdicts);
    },
  };
}

export function compileNested(step: StepOf<'scenario'>, compiler: StepCompiler): CompiledStep {
  const key = String(step.scenario);
  const scenario = compiler.run.plan.scenarios[key];
  return {
    source: step,
    name: step.name ?? scenario?.name ?? `scenario ${key}`,
    execute: async (place) => {
      if (!scenario) {
        throw new StepError('UNKNOWN_REFERENCE', `The scenario ${key} does not exist (any more).`);
      }
      if (place.depth >= deepest) {
        throw new StepError(
          'SCENARIO_TOO_DEEP',
          `Scenarios call each other more than ${deepest} deep: does one call itself?`,
        );
      }
      const scope = place.scope.branch({ step: givenVariables(step, compiler, place) });
      const verdict = await compiler.runNested(key, { ...place, scope, depth: place.depth + 1 });
      place.scope.takeOver(scope);
      return verdict;
    },
  };
}

export function compileSet(step: StepOf<'set'>, compiler: StepCompiler): CompiledStep {
  return {
    source: step,
    name: step.name ?? `set ${Object.keys(step.variables).join(', ')}`,
    execute: async (place) => {
      for (const [name, variable] of givenVariables(step, compiler, place)) {
        place.scope.set('scenario', name, variable);
      }
      return 'passed';
    },
  };
}

function givenVariables(
  { variables = {} }: { variables?: StepOf<'set'>['variables'] },
  { module }: StepCompiler,
  { run, scope, iteration, path }: StepPlace,
): Variables {
  const context = { run, scope, module, iteration: iteration.index, path };
  return new Map(
    Object.entries(variables).map(([name, value]) => [
      name,
      evaluateVariable(value, `variable "${name}" of ${path}`, context),
    ]),
  );
}

function worst(verdicts: Verdict[]): Verdict {
  for (const verdict of ['cancelled', 'failed', 'tolerated'] as const) {
    if (verdicts.includes(verdict)) return verdict;
  }
  return 'passed';
}
