import type { Assertion, Extraction } from './checks.ts';
import type { Json } from './json.ts';
import type { Auth, RequestSpec } from './request.ts';
import type { RunType } from './result.ts';
import type { ScenarioSteps } from './scenario.ts';

/** A variable that people set. Of a secret, what `sealSecret` made of it: a stored plan shows none in plain text. */
export type PlanVariable = { name: string; value: Json } | { name: string; sealed: string };

/** A request with everything that the catalog knows of it; its auth is resolved, so that `inherit` means none. */
export interface PlanRequest {
  name: string;
  /** Id of the catalog entry, when it is one. */
  api?: number;
  /** Id of the module whose variables hold for it. */
  module?: number;
  spec: RequestSpec;
  assertions: Assertion[];
  extractions: Extraction[];
  /** Nearest of all: they hold for this request alone. */
  variables?: { [name: string]: Json };
}

export interface PlanScenario {
  name: string;
  /** Id of the module whose variables hold for its inline requests. */
  module?: number;
  /** What inline requests with `inherit` get: the auth of the module, else of the project. Default: none. */
  auth?: Auth;
  steps: ScenarioSteps;
}

/** One row of a dataset: its columns are variables. */
export type DatasetRow = { [column: string]: Json };

/**
 * Everything that is needed to run, or to go on after a crash, without looking at the catalog again; plain JSON,
 * stored in the record.
 */
export interface RunPlan {
  version: 1;
  /**
   * `normal` and `parallel`: every request of every iteration by itself. `sequence`: the requests of an iteration
   * one after another, sharing their variables. `scenario`: the steps of `scenario`.
   */
  type: RunType;
  name: string;
  /** Of all types but `scenario`, in their order. */
  requests: PlanRequest[];
  /** Key in `scenarios` of the one to run, when the type is `scenario`. */
  scenario?: string;
  /** It and every scenario that it reaches, by id (or any key that the steps use). */
  scenarios: { [id: string]: PlanScenario };
  /** Catalog entries that steps refer to, by id. */
  apis: { [id: string]: PlanRequest };
  variables: {
    environment: PlanVariable[];
    project: PlanVariable[];
    /** By id of the module. */
    modules: { [module: string]: PlanVariable[] };
    /** Given with the start of the run, as variables of the scenario, stronger than its own. */
    given?: { [name: string]: Json };
  };
  /** Rows by reference (read through `EngineParts.rows`) or by value: one iteration for each. */
  dataset?: { id: number } | { rows: DatasetRow[] };
  /** How often all is run. Default: once, with a dataset once per row; more than rows begins with the first again. */
  iterations?: number;
  /** Of `normal` and `parallel` the requests, of the others the iterations that run at a time. Default: 1. */
  concurrency?: number;
  /** Requests that are begun per second at most. Default: no limit. */
  ratePerSecond?: number;
  /** Begins nothing new after the first result that failed or is an error; teardowns run all the same. */
  bail?: boolean;
  /** Whether a sequence ends its iteration at the first request that did not pass. Default: false. */
  stopOnFailure?: boolean;
  /**
   * Of a plan that repeats what failed: the iterations that are run, each with the indexes of the requests that are
   * sent, or true for all of it. Default: everything.
   */
  only?: { [iteration: string]: number[] | true };
  /** Bytes of each body that a result keeps. Default: 65,536. */
  keepBytes?: number;
  /** Targets that the project allows beside what is allowed anyway. */
  allow?: string[];
  /** Makes the random values of `set` steps the same when a run that was cut off goes on. */
  seed?: string;
}
