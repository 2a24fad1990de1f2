import type { ModuleFailure } from '../registry/snapshot.ts';

/** Causes and source lines are for developers only: a cause may name hosts and credentials. */
export function toShownFailure(failure: ModuleFailure, debug: boolean): ModuleFailure {
  if (debug) return failure;
  const { frame: _, ...place } = failure;
  return { ...place, cause: 'hidden, because debug is off; see the log' };
}
