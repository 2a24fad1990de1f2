/** Whose module format the saved file has. */
export type TextKind = 'module' | 'plain';

export interface SaveInput {
  readonly port: number;
  readonly path: string;
  readonly payload: object;
  readonly file: string;
  readonly kind: TextKind;
  /** How long saves go on. */
  readonly seconds: number;
}

export interface SaveResult {
  /** From the end of each write to the first answer with the new text. Milliseconds. */
  readonly latencies: readonly number[];
  readonly background: BackgroundCounts;
}

/** Requests of other clients meanwhile. */
export interface BackgroundCounts {
  readonly sent: number;
  /** Refused, reset, closed before the answer, or not 200. */
  readonly failed: number;
  /** Longest wait for an answer. Milliseconds. */
  readonly slowest: number;
}
