import * as z from 'zod';
import type { ZodType } from 'zod';
import type { BigintShape, NumberShape } from '../contract/signature.ts';
import { expectedNumber } from './expected-text.ts';
import { hasLimits, limitProblem } from './number-limits.ts';
import { expectedPrefix, refusal, type Refusal } from './refusal.ts';

const exact = `±${Number.MAX_SAFE_INTEGER}`;
const largerInteger = `an integer within ${exact}, beyond which JSON numbers are not exact; the type bigint takes larger ones as strings`;

/** A finite number. An integer must be one that doubles hold exactly; `1.0` is one. */
export function numberSchema(shape: NumberShape): ZodType<number> {
  const integer = shape.integer === true;
  if (!integer && !hasLimits(shape)) return z.number();
  const expected = expectedNumber(integer ? 'an integer' : 'a number', shape);
  return z.number({ error: `${expectedPrefix}${expected}` }).check(({ value, issues }) => {
    const found = numberProblem(value, integer);
    const code = found?.code ?? limitProblem(value, shape);
    if (code !== undefined)
      issues.push(refusal({ expected: found?.expected ?? expected, code, input: value }));
  });
}

function numberProblem(
  value: number,
  integer: boolean,
): (Pick<Refusal, 'code'> & { expected?: string }) | undefined {
  if (!integer || Number.isSafeInteger(value)) return undefined;
  return Number.isInteger(value) ? { code: 'not_exact', expected: largerInteger } : { code: 'not_integer' };
}

/**
 * Decimal digits of an integer, in the one way to write it. At most 4096 of them: reading a megabyte of
 * digits would hold everybody else up for a fifth of a second.
 */
export const digitsPattern = '^(?:0|-?[1-9]\\d{0,4095})$';
const digits = new RegExp(digitsPattern);

/** A JSON integer, or its digits as text; a `bigint` for the function. */
export function bigintSchema(shape: BigintShape): ZodType<bigint> {
  const expected = expectedNumber("an integer, such as 5 or '5',", shape).replace(/,$/, '');
  return z.unknown().transform((value, { issues }) => {
    const parsed = toBigint(value);
    if (parsed === undefined) {
      const unsafe = typeof value === 'number' && Number.isInteger(value);
      issues.push(
        unsafe
          ? refusal({
              expected: `the digits as a string, because JSON numbers beyond ${exact} are not exact`,
              code: 'not_exact',
              input: value,
            })
          : refusal({ expected, code: 'invalid_type', input: value }),
      );
      return z.NEVER;
    }
    const code = limitProblem(parsed, shape);
    if (code !== undefined) issues.push(refusal({ expected, code, input: value }));
    return parsed;
  });
}

/** One bigint; `text` are its digits. */
export function bigintLiteralSchema(text: string): ZodType<bigint> {
  const only = BigInt(text);
  const expected = `${text} or '${text}'`;
  return z.unknown().transform((value, { issues }) => {
    if (toBigint(value) !== only) issues.push(refusal({ expected, code: 'invalid_type', input: value }));
    return only;
  });
}

function toBigint(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  return typeof value === 'string' && digits.test(value) ? BigInt(value) : undefined;
}
