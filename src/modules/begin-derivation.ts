import type { ReloadReason } from '../registry/reload-report.ts';
import type { Changes } from './changes.ts';
import { Derivation, type DerivationOptions } from './derivation.ts';
import type { LiveModules } from './live-modules.ts';
import type { Blocks } from './refuse.ts';
import type { ReloaderOptions } from './reload-options.ts';

export type DerivationState = Pick<ReloaderOptions, 'checker' | 'apisDir' | 'checkTypes' | 'consensus'> & {
  readonly live: LiveModules;
};

/** How much of a derivation has to be there before anything serves. */
export type Thoroughness = Pick<DerivationOptions, 'checkTypes' | 'typeErrors' | 'quick'>;

export function thoroughnessOf(
  reason: ReloadReason,
  blocks: Blocks,
  { consensus, ...state }: Pick<DerivationState, 'checkTypes' | 'consensus'>,
): Thoroughness {
  const checkTypes = state.checkTypes();
  const blocking = blocks.typeErrors || blocks.breakingChanges;
  return {
    checkTypes,
    typeErrors: blocks.typeErrors || (reason === 'admin' && checkTypes),
    // A result's type that is found later would be swapped by each process at a time of its own.
    quick: reason === 'save' && !blocking && consensus === undefined,
  };
}

export function beginDerivation(
  changes: Changes,
  thoroughness: Thoroughness,
  { checker, live, apisDir }: DerivationState,
): Derivation {
  return new Derivation(changes, { ...thoroughness, checker, live, apisDir });
}
