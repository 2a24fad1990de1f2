import type { Assertion, Extraction, Operator } from './checks.ts';
import type { Json } from './json.ts';
import type { InlineRequest, RequestSpec } from './request.ts';

/** `left operator right`, both may hold `{{name}}`. */
export interface Condition {
  left: Json;
  operator: Operator;
  right?: Json;
}

/** What every step can say. */
export interface StepBase {
  /** Unique in its scenario; given when the step is saved without one. */
  id?: string;
  /** @maxLength 200 */
  name?: string;
  /** Left out, and reported as skipped. */
  skip?: boolean;
  /** Whether the scenario goes on when this step fails. Default: `stop`. */
  onFailure?: 'stop' | 'continue';
  /** Tries of the whole step after the first one. @integer @minimum 0 @maximum 20 */
  retries?: number;
  /** Milliseconds between tries. Default: 0. */
  retryDelay?: number;
}

/** Assertions and extractions beside those of the catalog entry. */
interface Checked {
  assertions?: Assertion[];
  extractions?: Extraction[];
}

export type Step =
  /** A request from the catalog; `with` lays values over it. */
  | (StepBase &
      Checked & {
        type: 'api';
        api: number;
        variables?: { [name: string]: Json };
        with?: Partial<RequestSpec>;
      })
  | (StepBase & Checked & { type: 'request'; request: InlineRequest; variables?: { [name: string]: Json } })
  /** A call of an own function; its result is the body that assertions and extractions look at. */
  | (StepBase & Checked & { type: 'call'; call: string; arguments?: { [name: string]: Json } })
  | (StepBase & { type: 'scenario'; scenario: number; variables?: { [name: string]: Json } })
  | (StepBase & { type: 'if'; condition: Condition; then: Step[]; else?: Step[] })
  /** `items`: a list, or `{{name}}` of one. Each turn has `item` and `index` (or the names given). */
  | (StepBase & { type: 'forEach'; items: Json; item?: string; index?: string; steps: Step[] })
  /** `limit`: turns at most. Default: 100, at most 10,000. */
  | (StepBase & { type: 'while'; condition: Condition; limit?: number; steps: Step[] })
  | (StepBase & { type: 'repeat'; times: number | string; steps: Step[] })
  /** Each branch has a scope of its own; what it set is taken over in the order of the branches. */
  | (StepBase & { type: 'parallel'; steps: Step[]; concurrency?: number })
  /** Milliseconds. */
  | (StepBase & { type: 'delay'; delay: number | string })
  /** Runs `step` every `interval` ms (default 1,000) until it passes, for `timeout` ms at most (default 30,000). */
  | (StepBase & { type: 'waitUntil'; step: Step; interval?: number; timeout?: number })
  | (StepBase & { type: 'set'; variables: { [name: string]: Json } });

/** The steps of a scenario. `teardown` always runs, also after a failure and a cancellation. */
export interface ScenarioSteps {
  setup?: Step[];
  steps: Step[];
  teardown?: Step[];
  /** Variables that the scenario begins with. */
  variables?: { [name: string]: Json };
}
