import type { RecordedCall } from './crash-record.ts';

/** A function that was running when processes ended. */
export interface Suspect {
  readonly endpoint: string;
  readonly crashes: number;
  /** ISO 8601. */
  readonly lastAt: string;
}

/** From here on it is no accident that a function was running. */
const suspiciousAt = 3;
/** Counts are kept for so many functions, those of the last crashes. */
const mostKept = 200;

/** Counts which functions ran when processes ended unexpectedly. */
export interface Suspects {
  add(calls: readonly RecordedCall[]): void;
  /** Those that ran in at least three crashes, worst first. */
  list(): Suspect[];
}

export function createSuspects(): Suspects {
  const byEndpoint = new Map<string, Suspect>();
  return {
    add(calls) {
      const lastAt = new Date().toISOString();
      for (const endpoint of new Set(calls.map((call) => call.endpoint))) {
        const crashes = (byEndpoint.get(endpoint)?.crashes ?? 0) + 1;
        byEndpoint.delete(endpoint);
        byEndpoint.set(endpoint, { endpoint, crashes, lastAt });
      }
      for (const endpoint of byEndpoint.keys()) {
        if (byEndpoint.size <= mostKept) break;
        byEndpoint.delete(endpoint);
      }
    },
    list: () =>
      [...byEndpoint.values()]
        .filter(({ crashes }) => crashes >= suspiciousAt)
        .sort((a, b) => b.crashes - a.crashes),
  };
}
