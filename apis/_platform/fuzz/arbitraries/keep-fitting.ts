import type * as fc from 'fast-check';
import { SchemaError } from '../schema/json-schema.ts';

export interface Fitting<T> {
  readonly fits: (value: T) => boolean;
  /** For the message: `none of … is <wanted>`. */
  readonly wanted: string;
  /** Default: 2,000. */
  readonly patience?: number;
}

/**
 * Those of the values that fit. Where not one of the first `patience` values does, none will: that is an error, in
 * place of an endless search.
 *
 * @throws SchemaError from the generation of a value
 */
export function keepFitting<T>(
  values: fc.Arbitrary<T>,
  { fits, wanted, patience = 2000 }: Fitting<T>,
): fc.Arbitrary<T> {
  let misses = 0;
  let found = false;
  return values.filter((value) => {
    if (fits(value)) {
      found = true;
      return true;
    }
    misses += 1;
    if (!found && misses > patience)
      throw new SchemaError(
        `none of ${patience} generated values is ${wanted}; narrow the type, or leave it out`,
      );
    return false;
  });
}
