import { numberOf, type JsonSchema } from '../schema/json-schema.ts';

/** One change of a value at one place: undefined where it does not apply. */
export interface Mutation {
  readonly name: string;
  readonly change: (value: unknown) => unknown;
}

/** Marks a property or element that goes away. */
export const removed = Symbol('removed');

/**
 * Changes that tend to make a value invalid: other types, and lengths and numbers just beyond those that the schema
 * names anywhere.
 */
export function mutationsFor(schema: JsonSchema): readonly Mutation[] {
  const { numbers, lengths } = limitsIn(schema);
  return [
    { name: 'left out', change: () => removed },
    { name: 'null', change: (value) => (value === null ? undefined : null) },
    {
      name: 'an unknown property',
      change: (value) => (isObject(value) ? { ...value, unexpected: 1 } : undefined),
    },
    { name: 'another type', change: ofOtherType },
    {
      name: 'its text',
      change: (value) => (isScalar(value) && typeof value !== 'string' ? String(value) : undefined),
    },
    { name: 'in a list', change: (value) => [value] },
    { name: 'in an object', change: (value) => ({ value }) },
    {
      name: 'an element more',
      change: (value) => (Array.isArray(value) ? [...(value as unknown[]), null] : undefined),
    },
    {
      name: 'an element twice',
      change: (value) =>
        Array.isArray(value) && value.length > 0 ? [...(value as unknown[]), value[0]] : undefined,
    },
    {
      name: 'an element less',
      change: (value) => (Array.isArray(value) && value.length > 0 ? value.slice(1) : undefined),
    },
    { name: 'a fraction', change: (value) => (typeof value === 'number' ? value + 0.12345 : undefined) },
    { name: 'a huge number', change: (value) => (typeof value === 'number' ? 1e300 : undefined) },
    { name: 'a huge negative number', change: (value) => (typeof value === 'number' ? -1e300 : undefined) },
    {
      name: 'text in the wrong form',
      change: (value) => (typeof value === 'string' ? `${value}\u0000 ` : undefined),
    },
    { name: 'empty text', change: (value) => (typeof value === 'string' && value !== '' ? '' : undefined) },
    { name: 'the other case', change: otherCase },
    ...numbers.flatMap((limit) =>
      [limit - 1, limit, limit + 1].map((next) => ({
        name: `the number ${next}`,
        change: (value: unknown) => (typeof value === 'number' && value !== next ? next : undefined),
      })),
    ),
    ...lengths.flatMap((length) =>
      [length - 1, length + 1]
        .filter((next) => next >= 0 && next <= longest)
        .map((next) => ({ name: `the length ${next}`, change: (value: unknown) => withLength(value, next) })),
    ),
  ];
}

/** Longest text or list that is made to pass an upper limit. */
const longest = 20_000;

function ofOtherType(value: unknown): unknown {
  if (typeof value === 'string') return 12345;
  if (typeof value === 'number') return 'not a number';
  if (typeof value === 'boolean') return 'maybe';
  return Array.isArray(value) ? {} : isObject(value) ? [] : true;
}

function otherCase(value: unknown): unknown {
  if (typeof value !== 'string') return undefined;
  const other = value.toUpperCase() === value ? value.toLowerCase() : value.toUpperCase();
  return other === value ? undefined : other;
}

function withLength(value: unknown, length: number): unknown {
  if (typeof value === 'string') {
    const characters = [...value];
    return characters.length === length
      ? undefined
      : characters.slice(0, length).join('').padEnd(length, 'a');
  }
  if (!Array.isArray(value) || value.length === length) return undefined;
  const list = value as readonly unknown[];
  return Array.from({ length }, (_none, at) => (list.length === 0 ? null : list[at % list.length]));
}

interface Limits {
  readonly numbers: readonly number[];
  readonly lengths: readonly number[];
}

function limitsIn(schema: JsonSchema): Limits {
  const numbers = new Set<number>();
  const lengths = new Set<number>();
  const walk = (part: unknown): void => {
    if (Array.isArray(part)) part.forEach(walk);
    if (!isObject(part)) return;
    for (const [keyword, value] of Object.entries(part)) {
      const number = numberOf(value);
      if (number === undefined) walk(value);
      else if (/^(?:exclusive)?m(?:in|ax)imum$/i.test(keyword)) numbers.add(number);
      else if (/^m(?:in|ax)(?:Length|Items)$/.test(keyword)) lengths.add(number);
    }
  };
  walk(schema);
  return { numbers: [...numbers], lengths: [...lengths] };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}
