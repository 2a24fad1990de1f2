import { UsageError } from './command-line.ts';

/** The contenders named by `--only`, or all, in their own order. */
export function chooseContenders<T extends { readonly name: string }>(
  all: readonly T[],
  only: readonly string[],
): readonly T[] {
  const unknown = only.filter((name) => !all.some((contender) => contender.name === name));
  if (unknown.length > 0) {
    const names = all.map(({ name }) => name).join(', ');
    throw new UsageError(`--only: expected names out of ${names}; got '${unknown.join(', ')}'`);
  }
  return only.length === 0 ? all : all.filter(({ name }) => only.includes(name));
}

/** Begins each round with another contender, so that none always runs first, or after the same one. */
export function rotate<T>(all: readonly T[], round: number): readonly T[] {
  const start = all.length === 0 ? 0 : round % all.length;
  return [...all.slice(start), ...all.slice(0, start)];
}
