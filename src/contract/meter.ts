/** Why a request was turned away unheard, for the sake of the others. */
export const shedReasons = ['calls', 'function', 'buffers', 'lag', 'connections', 'uploads'] as const;

export type ShedReason = (typeof shedReasons)[number];

/** How a request, or a call of a tool, ended. */
export interface MeteredAnswer {
  readonly status: number;
  /** Error code, undefined on success. */
  readonly code: string | undefined;
  /** Milliseconds. */
  readonly durationMs: number;
}

/** What the rooms count while they work. Each method is a few additions, so it may be on the hot path; none throws. */
export interface Meter {
  /** A request has begun; `answered` ends it. */
  began(): void;
  /** `endpoint`: a served path, a route's own path, or `unmatched`; never a path as a stranger sent it. */
  answered(endpoint: string, answer: MeteredAnswer): void;
  /** A function was called as a tool; the HTTP request that carried it is counted besides. */
  calledAsTool(endpoint: string, answer: MeteredAnswer): void;
  shed(reason: ShedReason): void;
  /** What never became a request of a route. */
  refusedMalformed(): void;
  /** A connection was closed because its client took nothing of an answer any more. */
  cutSlowReader(): void;
  received(bytes: number): void;
  sent(bytes: number): void;
}

/** The label of all requests to paths that are not served. */
export const unmatched = 'unmatched';
