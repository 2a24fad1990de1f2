import type { Json } from '../model/json.ts';
import type { PlanScenario } from '../model/run-plan.ts';
import { ValueError } from '../values/value-error.ts';
import { concurrently } from './concurrently.ts';
import { initialVariables, settle } from './initial-variables.ts';
import { iterationsOf } from './iterations.ts';
import { plainResult } from './plain-result.ts';
import type { Run } from './run.ts';
import { RunScope } from './run-scope.ts';
import { compileStep } from './steps/compile-steps.ts';
import type { CompiledStep, StepCompiler, StepPlace, Verdict } from './steps/compiled-step.ts';
import { leaveOut, runAllSteps, runSteps } from './steps/run-steps.ts';

interface CompiledScenario {
  source: PlanScenario;
  setup: CompiledStep[];
  steps: CompiledStep[];
  teardown: CompiledStep[];
}

/** Runs the plan's scenario once for each iteration. Gives the number of iterations. */
export async function executeScenario(run: Run): Promise<number> {
  const { scenario: key = '', scenarios } = run.plan;
  const scenario = scenarios[key];
  if (!scenario) throw new Error(`The plan runs scenario "${key}", which is not in it.`);
  const runner = new ScenarioRunner(run);
  let iterations = 0;
  await concurrently(iterationsOf(run.plan, run.parts), {
    limit: run.plan.concurrency ?? 1,
    stopped: () => run.stopped,
    work: async ({ index, row }) => {
      iterations += 1;
      const replaying = run.parts.done !== undefined;
      const iteration = { index, jar: run.parts.createJar?.(), replaying, pendingDelay: 0 };
      await runner.run(key, {
        run,
        iteration,
        scope: RunScope.ofIteration(run.base, row, initialVariables(run, scenario.steps.variables ?? {})),
        path: '',
        signal: run.parts.signal,
        stoppable: true,
        softened: undefined,
        depth: 0,
      });
    },
  });
  return iterations;
}

/** Runs scenarios of a plan, each taken apart when it is first run. */
class ScenarioRunner {
  readonly #run: Run;
  readonly #compiled = new Map<string, CompiledScenario>();

  constructor(run: Run) {
    this.#run = run;
  }

  /** Setup, steps, and in any case teardown. The scope's `initial` are the scenario's own variables. */
  async run(key: string, place: StepPlace): Promise<Verdict> {
    const { source, setup, steps, teardown } = this.#scenario(key);
    if (!(await this.#begin(source, place))) return 'failed';
    let verdict = await runSteps(setup, place, 'setup');
    if (verdict === 'failed') await leaveOut(steps, place, { label: 'steps', from: 0 });
    else if (verdict !== 'cancelled') verdict = worse(verdict, await runSteps(steps, place, 'steps'));
    const signal = this.#run.teardownSignal;
    const ended = await runAllSteps(teardown, { ...place, signal, stoppable: false }, 'teardown');
    return worse(verdict, ended);
  }

  /** Gives the scenario's variables their values; without them nothing can begin. */
  async #begin({ name, module }: PlanScenario, { run, iteration, scope, path }: StepPlace): Promise<boolean> {
    try {
      settle(scope.initial, { run, scope, module, iteration: iteration.index, path });
      return true;
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      const at = { iteration: iteration.index, path: path === '' ? 'variables' : `${path}.variables`, name };
      if (!run.parts.done || !(await run.isDone(at.iteration, at.path))) {
        const message = run.mask.text(error.message);
        await run.handOut(plainResult(at, 'error', { code: error.code, message }));
      }
      return false;
    }
  }

  #scenario(key: string): CompiledScenario {
    let compiled = this.#compiled.get(key);
    if (!compiled) {
      compiled = this.#compile(key);
      this.#compiled.set(key, compiled);
    }
    return compiled;
  }

  #compile(key: string): CompiledScenario {
    const source = this.#run.plan.scenarios[key];
    if (!source) throw new Error(`The scenario "${key}" is not in the plan.`);
    const compiler: StepCompiler = {
      run: this.#run,
      module: source.module,
      auth: source.auth,
      compile: (steps) => steps.map((step) => compileStep(step, compiler)),
      runNested: (nested, place) => this.#runNested(nested, place),
    };
    const { setup = [], steps, teardown = [] } = source.steps;
    return {
      source,
      setup: compiler.compile(setup),
      steps: compiler.compile(steps),
      teardown: compiler.compile(teardown),
    };
  }

  async #runNested(key: string, place: StepPlace): Promise<Verdict> {
    const own: { [name: string]: Json } = this.#run.plan.scenarios[key]?.steps.variables ?? {};
    const scope = place.scope.branch({ initial: initialVariables(this.#run, own) });
    const verdict = await this.run(key, { ...place, scope });
    place.scope.takeOver(scope);
    return verdict;
  }
}

const order: readonly Verdict[] = ['passed', 'tolerated', 'failed', 'cancelled'];

function worse(a: Verdict, b: Verdict): Verdict {
  return order.indexOf(a) >= order.indexOf(b) ? a : b;
}
