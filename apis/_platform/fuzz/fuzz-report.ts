import type { Json } from '../model/json.ts';

/**
 * What was found. `serverError`: a status of 500 or more. `wrongResult`: a result that is not as the signature says.
 * `acceptedInvalid`: arguments that the signature excludes, and no error.
 */
export type FuzzFailureKind = 'serverError' | 'wrongResult' | 'acceptedInvalid';

/** The smallest arguments that were found to fail. */
export interface FuzzFailure {
  kind: FuzzFailureKind;
  message: string;
  /** Arguments by name. */
  body: { [name: string]: Json };
  /** Of invalid arguments: which change of valid ones made them so, and what the schema says of them. */
  mutation?: string;
  problem?: string;
  answer: FuzzAnswer;
  /** How often the arguments were made smaller. */
  shrinks: number;
  /** Id of the catalog entry that repeats it. */
  apiId?: number;
}

export interface FuzzAnswer {
  /** 200 for a result. */
  status: number;
  code?: string;
  error?: string;
  /** The result as JSON text, of its first 2,000 characters. */
  data?: string;
}

export interface FuzzReport {
  endpoint: string;
  /**
   * `passed`: nothing was found. `skipped`: it was left out, and `notes` say why. `error`: no arguments could be made, or
   * no answer could be judged.
   */
  status: 'passed' | 'failed' | 'skipped' | 'error';
  /** With it and the same signature, the same arguments are tried again. */
  seed: number;
  /** Calls with valid arguments, and how many of them were refused all the same (422). */
  valid: number;
  refused: number;
  /** Calls with invalid arguments. */
  invalid: number;
  /** Whether all cases were tried: neither time nor patience ended before. */
  complete: boolean;
  failures: FuzzFailure[];
  /** What was not checked, and why. */
  notes: string[];
  /** Milliseconds. */
  time: number;
}
