import { at, type JsonObject } from './read-node.ts';

/** A number within the limits of a schema, as close to 1 as they allow. */
export function sampleNumber(schema: JsonObject, integer: boolean): number {
  const limit = (key: string): number | undefined => {
    const value = at(schema, key);
    return typeof value === 'number' ? value : undefined;
  };
  const lowest = limit('minimum');
  const above = limit('exclusiveMinimum');
  const highest = limit('maximum');
  const below = limit('exclusiveMaximum');
  const step = limit('multipleOf') ?? (integer ? 1 : undefined);
  const low = Math.max(lowest ?? -Infinity, above ?? -Infinity);
  const high = Math.min(highest ?? Infinity, below ?? Infinity);
  const fits = (n: number): boolean =>
    n >= low && n <= high && (above === undefined || n > above) && (below === undefined || n < below);
  for (const candidate of [1, 0, low, high, low + 1, high - 1, (low + high) / 2]) {
    if (!Number.isFinite(candidate)) continue;
    for (const value of step === undefined || step <= 0 ? [candidate] : stepsAround(candidate, step)) {
      if (fits(value) && (!integer || Number.isInteger(value))) return value;
    }
  }
  return Number.isFinite(low) ? low : Number.isFinite(high) ? high : 1;
}

function stepsAround(value: number, step: number): number[] {
  const down = Math.floor(value / step);
  // `3 * 0.1` is not `0.3`; the decimals of the step say what was meant.
  const decimals = Math.min(
    20,
    /e-(\d+)$/.exec(String(step))?.[1] ? 20 : (String(step).split('.')[1]?.length ?? 0),
  );
  return [down, down + 1].map((count) => Number((count * step).toFixed(decimals)));
}
