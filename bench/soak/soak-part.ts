/** What a part found; shown as a table, and a failure of the whole when `problems` is not empty. */
export interface SoakReport {
  readonly figures: readonly (readonly [name: string, value: string])[];
  /** Promises that were not kept. */
  readonly problems: readonly string[];
}

export interface SoakPart {
  readonly name: string;
  readonly title: string;
  /** `scale` shortens it: 1 is the full length. */
  run(scale: number): Promise<SoakReport>;
}

/** At least 1. */
export function scaled(count: number, scale: number): number {
  return Math.max(1, Math.round(count * scale));
}
