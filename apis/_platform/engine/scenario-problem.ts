import type { Assertion, Extraction } from '../model/checks.ts';
import type { RequestSpec } from '../model/request.ts';
import type { ScenarioSteps } from '../model/scenario.ts';

export interface ScenarioProblem {
  /** Of the step, as in results: `steps[2].then[0]`. */
  path: string;
  severity: 'error' | 'warning';
  code: string;
  message: string;
}

/** What a scenario may refer to. */
export interface ScenarioLookups {
  api(id: number): CheckedApi | undefined;
  scenario(id: number): ScenarioSteps | undefined;
  /** Whether an own function exists. Left out: not checked. */
  endpoint?(path: string): boolean;
  /** Names that can be there when it begins: of environments, modules, project, datasets. */
  variables: Iterable<string>;
  /** Id of the scenario itself, to find circles. */
  self?: number;
}

export interface CheckedApi {
  spec: RequestSpec;
  assertions: Assertion[];
  extractions: Extraction[];
  /** Names that only this entry sees, as those of another module. */
  variables?: string[];
}
