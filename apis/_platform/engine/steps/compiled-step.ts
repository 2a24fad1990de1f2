import type { Auth } from '../../model/request.ts';
import type { Step } from '../../model/scenario.ts';
import type { CookieJar } from '../../model/transport.ts';
import type { Outcome } from '../judge-exchange.ts';
import type { Run } from '../run.ts';
import type { RunScope } from '../run-scope.ts';

/** `tolerated`: it failed, and the scenario goes on because a step says so. */
export type Verdict = 'passed' | 'tolerated' | 'failed' | 'cancelled';

/** What belongs to one iteration. */
export interface IterationState {
  index: number;
  jar: CookieJar | undefined;
  /** Whether everything so far had its result from before a crash; waiting is put off as long. */
  replaying: boolean;
  /** Milliseconds to wait before the first request without a result. */
  pendingDelay: number;
}

/** Where a step stands and what is around it. */
export interface StepPlace {
  run: Run;
  iteration: IterationState;
  scope: RunScope;
  path: string;
  signal: AbortSignal;
  /** Whether a cancellation or `bail` ends it; false in teardowns. */
  stoppable: boolean;
  /** Set inside of something that is tried again when it fails: why a failure does not count yet. */
  softened: string | undefined;
  /** Scenarios around it. */
  depth: number;
}

/** A step taken apart once for all its turns. */
export interface CompiledStep {
  source: Step;
  name: string;
  api?: number;
  /** Does the work of a step that is no request. Throws ValueError and StepError. */
  execute?: (place: StepPlace) => Promise<Verdict>;
  /** Sends the request of the step once; its result is not handed out. */
  attempt?: (place: StepPlace) => Promise<Outcome>;
}

export interface StepCompiler {
  run: Run;
  /** Module and auth of the scenario. */
  module: number | undefined;
  auth: Auth | undefined;
  compile(steps: Step[]): CompiledStep[];
  /** Runs a scenario of the plan inside of a step. */
  runNested(key: string, place: StepPlace): Promise<Verdict>;
}
