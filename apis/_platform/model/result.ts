import type { Json } from './json.ts';

export const runTypes = ['normal', 'parallel', 'sequence', 'scenario'] as const;
export type RunType = (typeof runTypes)[number];

export const runStatuses = [
  'queued',
  'running',
  'passed',
  'failed',
  'error',
  'cancelled',
  'interrupted',
] as const;
export type RunStatus = (typeof runStatuses)[number];

/** `failed`: an assertion did not hold. `error`: no judgement was possible (connection, unknown variable, …). */
export const resultStatuses = ['passed', 'failed', 'error', 'skipped', 'cancelled'] as const;
export type ResultStatus = (typeof resultStatuses)[number];

/** From nearest to farthest; what was set by a nearer one wins. */
export const variableScopes = [
  'step',
  'dataset',
  'scenario',
  'environment',
  'module',
  'project',
  'builtin',
] as const;
export type VariableScope = (typeof variableScopes)[number];

export interface AssertionResult {
  name: string;
  status: 'passed' | 'failed' | 'error' | 'skipped';
  expected?: Json;
  actual?: Json;
  message?: string;
}

export interface ExtractionResult {
  name: string;
  status: 'passed' | 'failed';
  value?: Json;
  /** Whether `value` is only the beginning of its text. */
  truncated?: true;
  scope: VariableScope;
  message?: string;
}

/** A variable that the request used. Secret values are `***`. */
export interface UsedVariable {
  name: string;
  scope: VariableScope;
  value: Json;
}

/** Milliseconds with fractions. What did not happen, or came with a kept connection, is left out. */
export interface Timings {
  dns?: number;
  connect?: number;
  tls?: number;
  /** From the request being sent to the first byte of the answer. */
  firstByte?: number;
  download?: number;
  total: number;
}

/** The request as it was sent, secrets masked. */
export interface SentRequest {
  method: string;
  url: string;
  headers: [name: string, value: string][];
  /** Text of the body up to the limit; base64 when it is no text. */
  body?: StoredBody;
}

export interface StoredBody {
  /** Bytes of the whole. */
  size: number;
  /** Hex digits of the whole's SHA-256. */
  sha256: string;
  text?: string;
  base64?: string;
  /** Whether `text` or `base64` is only the beginning. */
  truncated: boolean;
}

export interface ReceivedResponse {
  status: number;
  statusText?: string;
  httpVersion: string;
  headers: [name: string, value: string][];
  body?: StoredBody;
  /** Addresses that sent the request on, in order. */
  redirects?: { status: number; url: string }[];
  remoteAddress?: string;
  certificate?: { subject: string; issuer: string; validTo: string; days: number };
}

/** One request of a run, with everything that is known of it. */
export interface RequestResult {
  /** Where in the run: iteration from 0, and the step's path (`steps[2].then[0]`); a forEach turn adds `#n`. */
  iteration: number;
  path: string;
  name: string;
  /** Id of the catalog entry, when it is one. */
  api?: number;
  status: ResultStatus;
  /** Why it is `error`, `skipped` or `cancelled`. */
  error?: { code: string; message: string };
  attempts: number;
  /** ISO 8601. */
  startedAt: string;
  request?: SentRequest;
  response?: ReceivedResponse;
  timings?: Timings;
  assertions: AssertionResult[];
  extractions: ExtractionResult[];
  variables: UsedVariable[];
}

export interface RunCounts {
  /** Results that the run will have, as far as known when it began. */
  total: number;
  passed: number;
  failed: number;
  error: number;
  skipped: number;
  cancelled: number;
}
