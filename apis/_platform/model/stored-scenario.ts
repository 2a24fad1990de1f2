import type { Edited } from './page.ts';
import type { ScenarioSteps } from './scenario.ts';

export interface ScenarioFields {
  /** @minLength 1 @maxLength 200 @pattern \S */
  name: string;
  /** @maxLength 100000 */
  description?: string;
  steps: ScenarioSteps;
}

export interface Scenario extends Edited, Required<ScenarioFields> {
  moduleId: number;
}

/** Something in a scenario that is wrong, or may be. */
export interface ScenarioProblem {
  /** Of the step: `steps[2].then[0]`. */
  path: string;
  /** `UNKNOWN_REFERENCE`, `UNKNOWN_VARIABLE`, `SET_LATER`, … */
  code: string;
  message: string;
}

/** A scenario as it was saved, with what some runs of it may fail at: variables that nothing sets. */
export interface SavedScenario extends Scenario {
  warnings: ScenarioProblem[];
}
