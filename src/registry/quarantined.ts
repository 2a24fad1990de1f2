/** An endpoint that is not called any more, because it has blocked the process again and again. */
export interface Quarantined {
  readonly endpoint: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly since: string;
}

/** What is not called any more, and the way back. */
export interface QuarantinePort {
  list(): readonly Quarantined[];
  /** Whether it was in quarantine. */
  lift(endpoint: string): boolean | Promise<boolean>;
}
