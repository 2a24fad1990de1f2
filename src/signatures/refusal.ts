import type { z } from 'zod';

/** Codes of problems that our own schemas find. */
export type RefusalCode =
  | 'invalid_type'
  | 'invalid_format'
  | 'invalid_date'
  | 'invalid_url'
  | 'invalid_base64'
  | 'invalid_file'
  | 'too_small'
  | 'too_big'
  | 'not_multiple_of'
  | 'not_integer'
  | 'not_exact'
  | 'not_unique';

export interface Refusal {
  /** What would be right, for people: `an integer from 1 to 10`. */
  readonly expected: string;
  readonly code: RefusalCode;
  readonly input: unknown;
  /** Of the faulty part inside the value. Default: the value itself. */
  readonly path?: readonly PropertyKey[];
  /** Of a text whose length is the fault, in characters; what is shown of it is cut. */
  readonly length?: number;
}

/** Messages of ours begin so; what was got is added where the whole input is at hand. */
export const expectedPrefix = 'expected ';

/** A problem as a zod issue. */
export function refusal({ expected, code, input, path, length }: Refusal): z.core.$ZodRawIssue {
  return {
    code: 'custom',
    message: `${expectedPrefix}${expected}`,
    params: length === undefined ? { code } : { code, length },
    input,
    path: path === undefined ? [] : [...path],
  };
}
