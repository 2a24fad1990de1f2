/** What a part found; shown as a table, and a failure of the whole when `problems` is not empty. */
export interface SoakReport {
  /** Who is measured, one column of values each. Default: one without a name. */
  readonly columns?: readonly string[];
  readonly figures: readonly (readonly [name: string, ...values: string[]])[];
  /** Promises that were not kept. */
  readonly problems: readonly string[];
}

export interface SoakPart {
  readonly name: string;
  readonly title: string;
  /** Other tools that can be measured beside, by the names of `--peers`. */
  readonly peers?: readonly string[];
  /** `scale` shortens it: 1 is the full length. `peers`: those to measure beside, of whatever part. */
  run(scale: number, peers: readonly string[]): Promise<SoakReport>;
}

/** Values that were measured one after the other as columns of a table. */
export function toRows(
  titles: readonly string[],
  columns: readonly (readonly string[])[],
): [name: string, ...values: string[]][] {
  return titles.map((title, row) => [title, ...columns.map((column) => column[row] ?? '')]);
}

/** At least 1. */
export function scaled(count: number, scale: number): number {
  return Math.max(1, Math.round(count * scale));
}
