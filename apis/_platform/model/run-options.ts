import type { Json } from './json.ts';

/** With which values, how often and how fast something is run. */
export interface RunOptions {
  /** Name of the record. Default: that of what is run. @minLength 1 @maxLength 200 */
  name?: string | undefined;
  /** Id of the environment whose variables hold, one of the project. Default: none. @integer */
  environmentId?: number | undefined;
  /** Values by name, stronger than those of the environment, and than those that a scenario begins with. */
  variables?: { [name: string]: Json } | undefined;
  /** Id of a dataset of the project: one iteration for each of its rows. @integer */
  datasetId?: number | undefined;
  /** Rows by value, in place of a dataset. @maxItems 10000 */
  rows?: { [column: string]: Json }[] | undefined;
  /** How often all is run. Default: once, with rows once for each. @integer @minimum 1 @maximum 1000000 */
  iterations?: number | undefined;
  /**
   * How much runs at a time: requests, in a sequence or scenario iterations. Default: 1, of `runMany` 10.
   *
   * @integer @minimum 1 @maximum 256
   */
  concurrency?: number | undefined;
  /** Requests that are begun per second at most. Default: no limit. @exclusiveMinimum 0 @maximum 100000 */
  ratePerSecond?: number | undefined;
  /** Whether nothing new is begun after the first result that did not pass. Default: false. */
  bail?: boolean | undefined;
  /** Bytes of each body that a result keeps. Default: 65,536. @integer @minimum 0 @maximum 16777216 */
  keepBytes?: number | undefined;
}

/** Whether a caller stays until the end. */
export interface WaitOptions {
  /** Whether the answer comes at the end of the run. Default: false, it comes at once. */
  wait?: boolean;
  /** Whether a caller who waits and leaves cancels the run. Default: false, it goes on. */
  cancelOnLeave?: boolean;
}
