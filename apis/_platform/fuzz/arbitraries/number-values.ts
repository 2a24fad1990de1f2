import * as fc from 'fast-check';
import { numberOf, type SchemaObject } from '../schema/json-schema.ts';

/** Numbers within the limits; undefined where there are none. */
export function numberValues(schema: SchemaObject, integer: boolean): fc.Arbitrary<number> | undefined {
  const { low, high, fits } = limitsOf(schema);
  if (low > high) return undefined;
  const step = numberOf(schema['multipleOf']);
  if (step !== undefined && step > 0)
    return multiples({ low, high, fits, step: integer ? wholeStep(step) : step });
  return integer ? integers({ low, high, fits }) : doubles({ low, high, fits });
}

interface Limits {
  readonly low: number;
  readonly high: number;
  readonly fits: (value: number) => boolean;
}

function limitsOf(schema: SchemaObject): Limits {
  const above = numberOf(schema['exclusiveMinimum']) ?? -Infinity;
  const below = numberOf(schema['exclusiveMaximum']) ?? Infinity;
  const low = Math.max(numberOf(schema['minimum']) ?? -Infinity, above);
  const high = Math.min(numberOf(schema['maximum']) ?? Infinity, below);
  return { low, high, fits: (value) => value >= low && value <= high && value > above && value < below };
}

function integers({ low, high, fits }: Limits): fc.Arbitrary<number> | undefined {
  let min = Math.max(Math.ceil(low), Number.MIN_SAFE_INTEGER);
  let max = Math.min(Math.floor(high), Number.MAX_SAFE_INTEGER);
  if (!fits(min)) min += 1;
  if (!fits(max)) max -= 1;
  if (min > max) return undefined;
  const near = fc.integer({
    min: Math.max(min, Math.min(-100, max - 100)),
    max: Math.min(max, Math.max(100, min + 100)),
  });
  return fc.oneof(
    { withCrossShrink: true },
    { arbitrary: near, weight: 3 },
    { arbitrary: fc.integer({ min, max }), weight: 1 },
    atLimits(min, max),
  );
}

function doubles({ low, high, fits }: Limits): fc.Arbitrary<number> | undefined {
  const whole = integers({ low, high, fits });
  if (low === high) return fits(low) ? fc.constant(low) : undefined;
  const all = fc
    .double({
      ...(low === -Infinity ? {} : { min: low, minExcluded: !fits(low) }),
      ...(high === Infinity ? {} : { max: high, maxExcluded: !fits(high) }),
      noNaN: true,
      noDefaultInfinity: true,
    })
    // JSON has no -0.
    .map((value) => (value === 0 ? 0 : value))
    .filter(fits);
  return whole === undefined
    ? all
    : fc.oneof({ withCrossShrink: true }, { arbitrary: whole, weight: 2 }, { arbitrary: all, weight: 1 });
}

/** Whole multiples, as the nearest decimal: 3 × 0.1 is 0.3. */
function multiples({
  low,
  high,
  fits,
  step,
}: Limits & { readonly step: number }): fc.Arbitrary<number> | undefined {
  const first =
    low === -Infinity ? Math.min(-1000, Math.floor(high / step) - 1000) : Math.ceil(low / step - 1e-9);
  const last = high === Infinity ? Math.max(1000, first + 1000) : Math.floor(high / step + 1e-9);
  const value = (count: number): number => Number((count * step).toPrecision(12)) || 0;
  const min = fits(value(first)) ? first : first + 1;
  const max = fits(value(last)) ? last : last - 1;
  return min > max ? undefined : fc.integer({ min, max }).map(value);
}

/** The least step whose multiples are whole multiples of `step`. */
function wholeStep(step: number): number {
  for (let times = 1; times <= 1000; times += 1) {
    const whole = Number((step * times).toPrecision(12));
    if (Number.isInteger(whole)) return whole;
  }
  return step;
}

function atLimits(min: number, max: number): fc.Arbitrary<number> {
  const values = [0, 1, -1, min, max].filter((value) => value >= min && value <= max);
  // The first one is the simplest.
  return fc.constantFrom(...new Set(values.toSorted((a, b) => Math.abs(a) - Math.abs(b))));
}
