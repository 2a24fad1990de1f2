import { expect } from 'vitest';
import type { Shape } from '../../src/contract/signature.ts';
import { outcome } from './make-signature.ts';

/** The one problem, as `outcome()` gives it. */
export const refused = (message: string, code: string, path = 'v'): string[] => [
  `${path} | ${code} | ${message}`,
];

/** Expects that values are accepted as they are. */
export function takes(shape: Shape, ...values: unknown[]): void {
  for (const value of values) expect(outcome(shape, value)).toEqual(value);
}

/** Expects a problem with each value. */
export function refuses(shape: Shape, ...values: unknown[]): void {
  const problems: unknown = expect.arrayContaining([expect.stringMatching(/^v/)]);
  for (const value of values) {
    expect({ value, outcome: outcome(shape, value) }).toEqual({ value, outcome: problems });
  }
}
