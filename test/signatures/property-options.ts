import type fc from 'fast-check';

/**
 * Options of one property test: its seed is printed, and `SEED=… npx vitest run …` repeats it.
 * `RUNS` multiplies the number of runs, for longer searches.
 */
export function propertyOptions({
  runs,
  seconds,
}: {
  runs: number;
  seconds: number;
}): fc.Parameters<unknown> {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  const times = Number(process.env['RUNS'] ?? 1);
  process.stdout.write(`property test: SEED=${seed}\n`);
  return {
    seed,
    numRuns: runs * times,
    interruptAfterTimeLimit: Math.min(seconds * times, 50) * 1000,
    endOnFailure: false,
  };
}
