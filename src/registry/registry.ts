import { contractDiff } from './contract-diff.ts';
import type { ModuleFailure, ModuleWarning, RolledBackModule, Snapshot } from './snapshot.ts';

/** A snapshot that is about to serve; its generation and its changes follow from the one before it. */
export type NextSnapshot = Omit<Snapshot, 'generation' | 'changes' | 'touched'> & {
  /** Default: every path. */
  readonly touched?: ReadonlySet<string>;
};

/** Holds what is served now. One writer (the reload), many readers. */
export interface Registry {
  /** The snapshot that new calls take. */
  readonly current: Snapshot;
  /** What is on disk but does not serve, with its cause. */
  readonly failures: readonly ModuleFailure[];
  /** Makes `next` the current snapshot, from one moment to the next. */
  swap(next: NextSnapshot): Snapshot;
  setFailures(failures: readonly ModuleFailure[]): void;
  /** Doubtful places in what serves. */
  readonly warnings: readonly ModuleWarning[];
  setWarnings(warnings: readonly ModuleWarning[]): void;
  readonly rolledBack: readonly RolledBackModule[];
  setRolledBack(modules: readonly RolledBackModule[]): void;
  /** False until the first swap. */
  readonly hasServed: boolean;
  /** Numbers go on after this one; to be told before the first swap. */
  continueAfter(generation: number): void;
  /** Calls `listener` right after each swap; the returned function ends that. A listener must not throw. */
  onSwap(listener: SwapListener): () => void;
}

export type SwapListener = (next: Snapshot, before: Snapshot) => void;

/** `generationAfter`: the number of the next generation. Default: one more. */
export function createRegistry(
  generationAfter: (generation: number) => number = (generation) => generation + 1,
): Registry {
  let current: Snapshot = {
    generation: 0,
    swappedAt: new Date(),
    endpoints: new Map(),
    modules: new Map(),
    changes: [],
    touched: new Set(),
  };
  let hasServed = false;
  let rolledBack: readonly RolledBackModule[] = [];
  let failures: readonly ModuleFailure[] = [];
  let warnings: readonly ModuleWarning[] = [];
  const listeners = new Set<SwapListener>();
  return {
    get current() {
      return current;
    },
    get failures() {
      return failures;
    },
    swap(next) {
      const before = current;
      const touched = next.touched ?? new Set([...before.endpoints.keys(), ...next.endpoints.keys()]);
      const changes = hasServed ? contractDiff(before.endpoints, next.endpoints, touched) : [];
      current = { ...next, touched, changes, generation: generationAfter(before.generation) };
      hasServed = true;
      for (const listener of listeners) listener(current, before);
      return current;
    },
    get warnings() {
      return warnings;
    },
    setWarnings(next) {
      warnings = next;
    },
    get rolledBack() {
      return rolledBack;
    },
    setRolledBack(next) {
      rolledBack = next;
    },
    get hasServed() {
      return hasServed;
    },
    continueAfter(generation) {
      if (!hasServed) current = { ...current, generation: Math.max(current.generation, generation) };
    },
    setFailures(next) {
      failures = next;
    },
    onSwap(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
