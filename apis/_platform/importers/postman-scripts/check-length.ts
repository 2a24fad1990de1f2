import type { Assertion, Operator, Subject } from '../../model/checks.ts';
import type { Json } from '../../model/json.ts';
import { check } from './check-of.ts';

/** What `expect(list.length).to.be.above(2)` says: how many items or letters there are. */
export function checkLength(
  subject: Subject,
  operator: Operator | undefined,
  count: Json | undefined,
): Assertion | undefined {
  if (typeof count !== 'number') return undefined;
  switch (operator) {
    case 'equals':
      return check(subject, { operator: 'length', expected: count });
    case 'greater':
      return checkSize(subject, { least: Math.floor(count) + 1 });
    case 'greaterOrEqual':
      return checkSize(subject, { least: Math.ceil(count) });
    case 'less':
      return checkSize(subject, { most: Math.ceil(count) - 1 });
    case 'lessOrEqual':
      return checkSize(subject, { most: Math.floor(count) });
    default:
      return undefined;
  }
}

/** Bounds of a list, a text or an object, as a JSON Schema says them. */
export function checkSize(
  subject: Subject,
  { least, most }: { least?: number; most?: number },
): Assertion | undefined {
  if (subject.on !== 'jsonPath' || (most !== undefined && most < 0)) return undefined;
  const bounds = (bound: 'min' | 'max', count: number) => ({
    [`${bound}Items`]: count,
    [`${bound}Length`]: count,
    [`${bound}Properties`]: count,
  });
  const expected = {
    type: ['array', 'string', 'object'],
    ...(least === undefined ? {} : bounds('min', Math.max(0, least))),
    ...(most === undefined ? {} : bounds('max', most)),
  };
  return check(subject, { operator: 'schema', expected });
}
