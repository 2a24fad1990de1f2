/** What a reload means for callers of one function. */
export interface ContractChange {
  /** `/<module>/<function>` */
  readonly endpoint: string;
  /** A call that was right may fail now, or an answer may be one that its caller does not expect. */
  readonly breaking: boolean;
  readonly change: string;
}
