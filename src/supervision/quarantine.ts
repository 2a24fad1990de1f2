import { ApiError } from '../contract/api-error.ts';
import type { Quarantined } from '../registry/quarantined.ts';
import { createBlockCounts } from './block-counts.ts';

/** The function of one version of a module. */
export interface QuarantineTarget {
  readonly path: string;
  readonly instance: object;
}

export interface Quarantine {
  /** The answer of a call that must not be made. */
  refusalOf(endpoint: QuarantineTarget): ApiError | undefined;
  /** A good answer: the count begins anew. */
  answered(endpoint: QuarantineTarget): void;
  /** It blocked the process once more; gives the entry when that puts it into quarantine. */
  blocked(endpoint: QuarantineTarget, blockedMs: number): Quarantined | undefined;
  /** What is in quarantine of these endpoints. */
  list(endpoints: ReadonlyMap<string, QuarantineTarget>): Quarantined[];
  /** It has blocked another process: a good answer here counts there. */
  suspect(endpoint: QuarantineTarget): void;
  /** Puts it into quarantine for what it did in several processes. */
  bar(endpoint: QuarantineTarget, entry: Quarantined): void;
  /** Whether it was in quarantine. */
  lift(path: string): boolean;
}

/** Who counts for several processes, and bars in all of them. */
export interface CountedElsewhere {
  readonly blocked: (path: string, blockedMs: number) => void;
  readonly answered: (path: string) => void;
}

export interface QuarantineOptions {
  /** Whether this version serves. What an older one still does is not held against its successor. */
  readonly serves?: (endpoint: QuarantineTarget) => boolean;
  /** Default: nobody; blocks of this process are counted here. */
  readonly elsewhere?: CountedElsewhere | undefined;
}

/** `after`: how often in a row an endpoint may block the process before it is called no more; 0: for ever. */
export function createQuarantine(
  after: () => number,
  { serves = () => true, elsewhere }: QuarantineOptions = {},
): Quarantine {
  const counts = createBlockCounts(elsewhere === undefined ? after : () => 0);
  // By path. What is counted is so of one instance: another version of the module begins with a clean slate.
  const instances = new Map<string, QuarantineTarget['instance']>();
  const isCounted = ({ path, instance }: QuarantineTarget): boolean => instances.get(path) === instance;
  const count = (endpoint: QuarantineTarget): void => {
    if (isCounted(endpoint)) return;
    counts.lift(endpoint.path);
    instances.set(endpoint.path, endpoint.instance);
  };
  const entryOf = (endpoint: QuarantineTarget): Quarantined | undefined =>
    isCounted(endpoint) ? counts.entryOf(endpoint.path) : undefined;
  return {
    refusalOf(endpoint) {
      if (instances.size === 0) return undefined;
      const entry = entryOf(endpoint);
      return entry === undefined ? undefined : refusal(entry);
    },
    answered(endpoint) {
      if (instances.size === 0 || !isCounted(endpoint) || entryOf(endpoint) !== undefined) return;
      instances.delete(endpoint.path);
      counts.answered(endpoint.path);
      elsewhere?.answered(endpoint.path);
    },
    blocked(endpoint, blockedMs) {
      if (!serves(endpoint)) return undefined;
      count(endpoint);
      elsewhere?.blocked(endpoint.path, blockedMs);
      return counts.blocked(endpoint.path, blockedMs);
    },
    suspect: count,
    bar(endpoint, entry) {
      count(endpoint);
      counts.bar(entry);
    },
    list: (endpoints) => [...endpoints.values()].flatMap((endpoint) => entryOf(endpoint) ?? []),
    lift(path) {
      instances.delete(path);
      return counts.lift(path);
    },
  };
}

/** For the log. */
export function describeQuarantined({ endpoint, reason }: Quarantined): string {
  return `'${endpoint}' is in quarantine until its file changes or an admin lifts it: ${reason}`;
}

function refusal({ endpoint, reason, since }: Quarantined): ApiError {
  return new ApiError(
    'QUARANTINED',
    `'${endpoint}' is in quarantine since ${since}: ${reason}; save its file, or lift it by POST /api/quarantine/lift`,
    { details: { reason, since } },
  );
}
