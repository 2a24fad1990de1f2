import type { Operator } from '../model/checks.ts';
import type { Json } from '../model/json.ts';
import { deepEqual } from './deep-equal.ts';
import type { SchemaCompiler } from './json-schema.ts';
import type { Pattern } from './pattern.ts';
import { compilePattern } from './pattern.ts';
import { ValueError } from './value-error.ts';

/** What a comparison needs beside its two sides. */
export interface Judge {
  schemas: SchemaCompiler;
  patterns: PatternCache;
}

export const jsonTypes = ['string', 'number', 'integer', 'boolean', 'array', 'object', 'null'] as const;

/** Whether `actual operator expected` holds: undefined, or why not. `actual` is undefined when nothing was found. */
export function judge(
  operator: Operator,
  [actual, expected]: readonly [actual: Json | undefined, expected: Json | undefined],
  { schemas, patterns }: Judge,
): string | undefined {
  if (operator === 'exists') return actual === undefined ? 'nothing was found' : undefined;
  if (operator === 'notExists') return actual === undefined ? undefined : `found ${show(actual)}`;
  if (expected === undefined) throw invalid(`The operator ${operator} needs an expected value.`);
  if (actual === undefined) return 'nothing was found';
  switch (operator) {
    case 'equals':
      return unless(deepEqual(actual, expected), `expected ${show(expected)}, got ${show(actual)}`);
    case 'notEquals':
      return unless(!deepEqual(actual, expected), `expected anything but ${show(expected)}`);
    case 'contains':
      return unless(contains(actual, expected), `expected ${show(expected)} in ${show(actual)}`);
    case 'notContains':
      return unless(!contains(actual, expected), `expected no ${show(expected)} in ${show(actual)}`);
    case 'matches':
      return unless(
        patterns.get(expected).exec(textOf(actual)) !== null,
        `expected a match of ${textOf(expected)}, got ${show(actual)}`,
      );
    case 'in':
      if (!Array.isArray(expected)) throw invalid(`The operator in needs a list, got ${show(expected)}.`);
      return unless(
        expected.some((one) => deepEqual(actual, one)),
        `expected one of ${show(expected)}, got ${show(actual)}`,
      );
    case 'length':
      return judgeLength(actual, expected);
    case 'type':
      return judgeType(actual, expected);
    case 'schema': {
      const problems = schemas.compile(expected)(actual);
      const rest = problems.length > 5 ? `; and ${problems.length - 5} more` : '';
      return unless(problems.length === 0, problems.slice(0, 5).join('; ') + rest);
    }
    case 'greater':
    case 'greaterOrEqual':
    case 'less':
    case 'lessOrEqual':
      return judgeOrder(operator, actual, expected);
    default: {
      const check: never = operator;
      return check;
    }
  }
}

/** Patterns by their text, read once. */
export class PatternCache {
  readonly #patterns = new Map<string, Pattern>();

  get(source: Json): Pattern {
    if (typeof source !== 'string') throw invalid(`A regular expression is a text, got ${show(source)}.`);
    let pattern = this.#patterns.get(source);
    if (!pattern) {
      pattern = compilePattern(source);
      // Patterns with values put in may be many.
      if (this.#patterns.size >= 1000) this.#patterns.clear();
      this.#patterns.set(source, pattern);
    }
    return pattern;
  }
}

/** A value for a message: JSON, cut off. */
export function show(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}

function contains(actual: Json, expected: Json): boolean {
  if (typeof actual === 'string') return actual.includes(textOf(expected));
  if (Array.isArray(actual)) return actual.some((item) => deepEqual(item, expected));
  if (actual === null || typeof actual !== 'object') return deepEqual(actual, expected);
  if (typeof expected === 'string') return Object.hasOwn(actual, expected);
  if (expected === null || typeof expected !== 'object' || Array.isArray(expected)) return false;
  return Object.entries(expected).every(
    ([name, value]) => Object.hasOwn(actual, name) && deepEqual(actual[name] ?? null, value),
  );
}

function judgeLength(actual: Json, expected: Json): string | undefined {
  const wanted = numberOf(expected);
  if (wanted === undefined) throw invalid(`The operator length needs a number, got ${show(expected)}.`);
  const length =
    typeof actual === 'string' || Array.isArray(actual)
      ? actual.length
      : actual !== null && typeof actual === 'object'
        ? Object.keys(actual).length
        : undefined;
  if (length === undefined) return `expected length ${wanted}, but ${show(actual)} has no length`;
  return unless(length === wanted, `expected length ${wanted}, got ${length}: ${show(actual)}`);
}

function judgeType(actual: Json, expected: Json): string | undefined {
  const wanted = jsonTypes.find((type) => type === expected);
  if (!wanted) {
    throw invalid(`The operator type needs one of ${jsonTypes.join(', ')}, got ${show(expected)}.`);
  }
  const type = typeOf(actual);
  const fits = wanted === type || (wanted === 'integer' && Number.isInteger(actual));
  return unless(fits, `expected type ${wanted}, got ${type}: ${show(actual)}`);
}

const orders = {
  greater: ['more than', (order: number) => order > 0],
  greaterOrEqual: ['at least', (order: number) => order >= 0],
  less: ['less than', (order: number) => order < 0],
  lessOrEqual: ['at most', (order: number) => order <= 0],
} as const;

/** Numbers by size, also as texts; other texts by their letters, which is right for ISO dates. */
function judgeOrder(operator: keyof typeof orders, actual: Json, expected: Json): string | undefined {
  const [words, holds] = orders[operator];
  const [left, right] = [numberOf(actual), numberOf(expected)];
  if (left !== undefined && right !== undefined) {
    return unless(holds(left - right), `expected ${words} ${right}, got ${left}`);
  }
  if (typeof actual === 'string' && typeof expected === 'string') {
    const order = actual < expected ? -1 : actual > expected ? 1 : 0;
    return unless(holds(order), `expected ${words} ${show(expected)}, got ${show(actual)}`);
  }
  return `expected ${words} ${show(expected)}, but ${show(actual)} cannot be compared with it`;
}

function numberOf(value: Json): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function unless(holds: boolean, message: string): string | undefined {
  return holds ? undefined : message;
}

function invalid(message: string): ValueError {
  return new ValueError('VALUE_INVALID', message);
}
