import type { ScenarioSteps, Step } from '../model/scenario.ts';

/** Every step of a scenario, those inside of others too, each with its path (`steps[2].then[0]`). */
export function* walkScenario(scenario: ScenarioSteps): Generator<{ step: Step; path: string }> {
  yield* walkSteps(scenario.setup ?? [], 'setup');
  yield* walkSteps(scenario.steps, 'steps');
  yield* walkSteps(scenario.teardown ?? [], 'teardown');
}

function* walkSteps(steps: readonly Step[], path: string): Generator<{ step: Step; path: string }> {
  for (const [index, step] of steps.entries()) yield* walkStep(step, `${path}[${index}]`);
}

function* walkStep(step: Step, path: string): Generator<{ step: Step; path: string }> {
  yield { step, path };
  switch (step.type) {
    case 'if':
      yield* walkSteps(step.then, `${path}.then`);
      yield* walkSteps(step.else ?? [], `${path}.else`);
      return;
    case 'forEach':
    case 'while':
    case 'repeat':
    case 'parallel':
      yield* walkSteps(step.steps, `${path}.steps`);
      return;
    case 'waitUntil':
      yield* walkStep(step.step, `${path}.step`);
      return;
    case 'api':
    case 'request':
    case 'call':
    case 'scenario':
    case 'delay':
    case 'set':
      return;
    default: {
      const never: never = step;
      throw new Error(`unknown step ${JSON.stringify(never)}`);
    }
  }
}
