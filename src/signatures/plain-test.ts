import type { Shape } from '../contract/signature.ts';
import { hasLimits, limitProblem } from './number-limits.ts';
import { stringProblem } from './string-schema.ts';

const { isSafeInteger } = Number;

/**
 * An expression that is true for values of a shape without keys; undefined for all other shapes. `constant` gives the
 * name by which code can refer to a value.
 *
 * No regular expressions: strangers' bodies are looked at too, and an author's pattern may take its time.
 */
export function plainTest(
  shape: Shape,
  value: string,
  constant: (value: unknown) => string,
): string | undefined {
  switch (shape.kind) {
    case 'boolean':
      return `typeof ${value} === 'boolean'`;
    case 'null':
      return `${value} === null`;
    case 'undefined':
      return `${value} === undefined`;
    case 'never':
      return 'false';
    case 'literal':
      return Math.abs(Number(shape.value)) === Infinity && typeof shape.value === 'number'
        ? 'false'
        : `${value} === ${JSON.stringify(shape.value)}`;
    case 'number': {
      const kind =
        shape.integer === true ? `${constant(isSafeInteger)}(${value})` : `${value} - ${value} === 0`;
      const limits = hasLimits(shape)
        ? ` && ${constant((one: number) => limitProblem(one, shape) === undefined)}(${value})`
        : '';
      return `(typeof ${value} === 'number' && ${kind}${limits})`;
    }
    case 'string': {
      const { minLength, maxLength, pattern, format } = shape;
      if (pattern !== undefined || format !== undefined) return undefined;
      if (minLength === undefined && maxLength === undefined) return `typeof ${value} === 'string'`;
      const problemOf = stringProblem(shape);
      const fits = constant((text: string) => problemOf(text) === undefined);
      return `(typeof ${value} === 'string' && ${fits}(${value}))`;
    }
    default:
      return undefined;
  }
}
