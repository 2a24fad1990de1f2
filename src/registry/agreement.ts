import type { ModuleFailure } from './snapshot.ts';

/** One group of files that a process has loaded beside what serves, as its verdict is before a swap. */
export interface GroupProposal {
  /** The group's files with the hashes of their content: equal in all processes that tried the same. */
  readonly key: string;
  /** Absolute path and hash of the content; empty where it could not be parsed. */
  readonly files: readonly (readonly [file: string, hash: string])[];
  /** Served files that would serve, with their modules' names. */
  readonly loaded: readonly (readonly [file: string, module: string])[];
  /** Served files that would not. */
  readonly failed: readonly (readonly [file: string, failure: ModuleFailure])[];
}

/** What one process would swap in. */
export interface Proposal {
  readonly groups: readonly GroupProposal[];
  /** Served files that are gone. */
  readonly removed: readonly string[];
}

/** What becomes of one group everywhere. */
export type GroupDecision =
  | { readonly kind: 'accept' }
  | { readonly kind: 'refuse'; readonly failed: readonly (readonly [file: string, failure: ModuleFailure])[] }
  /** Not all processes tried it: nobody takes it over, all try it in the next reload. */
  | { readonly kind: 'retry' };

/** What all processes swap in, alike. */
export interface Decision {
  /** By the group's key; groups without an entry stay as proposed. */
  readonly groups: ReadonlyMap<string, GroupDecision>;
  readonly removed: readonly string[];
  /** To be tried anew in the next reload, whatever their content is then. */
  readonly retry: readonly string[];
}

/** How several processes that serve the same files keep in step. */
export interface Consensus {
  /**
   * Asked before each swap, also when nothing is to be swapped. Resolves when this process may swap, with
   * what it is to swap.
   *
   * @throws ApiError ROLLBACK_FAILED when it is a rollback that is taken over nowhere
   */
  agree(proposal: Proposal): Promise<Decision>;
  /** The swap is done, or there was none to do. */
  swapped(): void;
  /** Asks for a reload of these files in all processes. */
  requestReload(files: ReadonlySet<string>): void;
}
