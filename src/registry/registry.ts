import type { ModuleFailure, Snapshot } from './snapshot.ts';

/** Holds what is served now. One writer (the reload), many readers. */
export interface Registry {
  /** The snapshot that new calls take. */
  readonly current: Snapshot;
  /** What is on disk but does not serve, with its cause. */
  readonly failures: readonly ModuleFailure[];
  /** Makes `next` the current snapshot, from one moment to the next. */
  swap(next: Omit<Snapshot, 'generation'>): Snapshot;
  setFailures(failures: readonly ModuleFailure[]): void;
}

export function createRegistry(): Registry {
  let current: Snapshot = { generation: 0, swappedAt: new Date(), endpoints: new Map(), modules: new Map() };
  let failures: readonly ModuleFailure[] = [];
  return {
    get current() {
      return current;
    },
    get failures() {
      return failures;
    },
    swap(next) {
      current = { ...next, generation: current.generation + 1 };
      return current;
    },
    setFailures(next) {
      failures = next;
    },
  };
}
