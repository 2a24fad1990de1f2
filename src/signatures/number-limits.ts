import type { NumberLimits } from '../contract/signature.ts';
import type { RefusalCode } from './refusal.ts';

/** Which limit a number or bigint breaks, if any. */
export function limitProblem(value: number | bigint, limits: NumberLimits): RefusalCode | undefined {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = limits;
  if (minimum !== undefined && value < minimum) return 'too_small';
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) return 'too_small';
  if (maximum !== undefined && value > maximum) return 'too_big';
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) return 'too_big';
  if (multipleOf !== undefined && !isMultiple(value, multipleOf)) return 'not_multiple_of';
  return undefined;
}

export function hasLimits(limits: NumberLimits): boolean {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = limits;
  return [minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf].some(
    (limit) => limit !== undefined,
  );
}

/**
 * Doubles are compared as the decimals that people mean: 0.3 is a multiple of 0.1, although
 * `0.3 % 0.1` is not 0. Both round once and so does their quotient, hence a few units of the last place.
 */
function isMultiple(value: number | bigint, step: number): boolean {
  if (typeof value === 'bigint') {
    return Number.isInteger(step) ? value % BigInt(step) === 0n : isMultiple(Number(value), step);
  }
  // The remainder of whole numbers is exact, however large they are.
  if (Number.isInteger(value) && Number.isInteger(step)) return value % step === 0;
  const quotient = value / step;
  // So large that every double is a whole number, or beyond doubles altogether.
  if (Math.abs(quotient) >= Number.MAX_SAFE_INTEGER) return true;
  const tolerance = 4 * Number.EPSILON * Math.max(Math.abs(quotient), 1);
  return Math.abs(quotient - Math.round(quotient)) < tolerance;
}
