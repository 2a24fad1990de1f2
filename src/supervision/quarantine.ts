import { ApiError } from '../contract/api-error.ts';
import type { Quarantined } from '../registry/quarantined.ts';

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
  /** Puts it into quarantine for what it did in another process. */
  bar(endpoint: QuarantineTarget, entry: Quarantined): void;
  /** Whether it was in quarantine. */
  lift(path: string): boolean;
}

interface Count {
  readonly instance: QuarantineTarget['instance'];
  blocks: number;
  entry: Quarantined | undefined;
}

/**
 * `after`: how often in a row an endpoint may block the process before it is called no more; 0: for ever.
 * `onBarred`: told of each one that gets there for what it did here.
 */
export function createQuarantine(
  after: () => number,
  onBarred: (entry: Quarantined) => void = () => {},
): Quarantine {
  // By path. An entry counts for one instance: another version of the module begins with a clean slate.
  const counts = new Map<string, Count>();
  const countOf = ({ path, instance }: QuarantineTarget): Count | undefined => {
    const count = counts.get(path);
    return count?.instance === instance ? count : undefined;
  };
  return {
    refusalOf(endpoint) {
      if (counts.size === 0) return undefined;
      const entry = countOf(endpoint)?.entry;
      return entry === undefined ? undefined : refusal(entry);
    },
    answered(endpoint) {
      if (counts.size > 0 && countOf(endpoint)?.entry === undefined) counts.delete(endpoint.path);
    },
    blocked(endpoint, blockedMs) {
      const count = countOf(endpoint) ?? { instance: endpoint.instance, blocks: 0, entry: undefined };
      counts.set(endpoint.path, count);
      count.blocks++;
      const limit = after();
      if (limit === 0 || count.blocks < limit || count.entry !== undefined) return undefined;
      const times = count.blocks === 1 ? 'once' : `${count.blocks} times in a row`;
      const reason = `it blocked the process ${times}, for ${Number((blockedMs / 1000).toFixed(2))} s at last`;
      count.entry = { endpoint: endpoint.path, reason, since: new Date().toISOString() };
      onBarred(count.entry);
      return count.entry;
    },
    bar(endpoint, entry) {
      const count = countOf(endpoint) ?? { instance: endpoint.instance, blocks: 0, entry: undefined };
      counts.set(endpoint.path, { ...count, entry });
    },
    list: (endpoints) => [...endpoints.values()].flatMap((endpoint) => countOf(endpoint)?.entry ?? []),
    lift(path) {
      const lifted = counts.get(path)?.entry !== undefined;
      counts.delete(path);
      return lifted;
    },
  };
}

function refusal({ endpoint, reason, since }: Quarantined): ApiError {
  return new ApiError(
    'QUARANTINED',
    `'${endpoint}' is in quarantine since ${since}: ${reason}; save its file, or lift it by POST /api/quarantine/lift`,
    { details: { reason, since } },
  );
}
