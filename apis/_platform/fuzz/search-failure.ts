import * as fc from 'fast-check';
import type { Verdict } from './judge-answer.ts';

export interface SearchOptions {
  readonly seed: number;
  /** Values that are tried at most. */
  readonly cases: number;
  /** Whether it is time to end; asked before each call. */
  readonly stop: () => boolean;
}

export interface Search<T> {
  /** Values tried, without those on the way to a smaller one. */
  readonly runs: number;
  readonly refusals: readonly string[];
  /** Whether all cases were tried, or a failure was made as small as can be. */
  readonly complete: boolean;
  readonly hopeless: string | undefined;
  /** The smallest value that fails the way the first one did. */
  readonly found: { readonly value: T; readonly verdict: Failed; readonly shrinks: number } | undefined;
}

type Failed = Extract<Verdict, { outcome: 'failed' }>;

/** Calls on the way to the smallest value; each may be slow, or change something. */
const shrinkCalls = 400;

/** Tries values until one fails, and then smaller ones. The same seed tries the same values in the same order. */
export async function searchFailure<T>(
  values: fc.Arbitrary<T>,
  call: (value: T) => Promise<Verdict>,
  { seed, cases, stop }: SearchOptions,
): Promise<Search<T>> {
  const refusals: string[] = [];
  let runs = 0;
  let callsSinceFound = 0;
  let hopeless: string | undefined;
  let smallest: { value: T; verdict: Failed } | undefined;

  const property = fc.asyncProperty(values, async (value) => {
    if (stop() || hopeless !== undefined || callsSinceFound >= shrinkCalls)
      throw new fc.PreconditionFailure(true);
    const verdict = await call(value);
    if (verdict.outcome === 'hopeless') {
      hopeless = verdict.message;
      throw new fc.PreconditionFailure(true);
    }
    if (smallest === undefined) runs += 1;
    else callsSinceFound += 1;
    if (verdict.outcome === 'refused' && smallest === undefined) refusals.push(verdict.message);
    // Another failure on the way to a smaller value is another story.
    if (verdict.outcome !== 'failed' || (smallest !== undefined && smallest.verdict.kind !== verdict.kind))
      return;
    smallest = { value, verdict };
    throw new Error(verdict.message);
  });
  const { interrupted, numShrinks } = await fc.check(property, { seed, numRuns: cases });
  return {
    runs,
    refusals,
    complete: !interrupted,
    hopeless,
    found: smallest === undefined ? undefined : { ...smallest, shrinks: numShrinks },
  };
}
