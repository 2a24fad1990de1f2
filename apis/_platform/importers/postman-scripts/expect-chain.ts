import type { Assertion, Operator, Subject } from '../../model/checks.ts';
import type { Json } from '../../model/json.ts';
import { isObject } from '../read-node.ts';
import { check, patternText, valueOf } from './check-of.ts';
import { checkLength, checkSize } from './check-length.ts';
import { meaningOf, pathPart, textOf, type Bindings, type Meaning } from './meaning.ts';
import type { Link } from './script-chain.ts';

const comparisons: Record<string, Operator> = {
  equal: 'equals',
  equals: 'equals',
  eq: 'equals',
  eql: 'equals',
  eqls: 'equals',
  above: 'greater',
  gt: 'greater',
  greaterThan: 'greater',
  least: 'greaterOrEqual',
  gte: 'greaterOrEqual',
  below: 'less',
  lt: 'less',
  lessThan: 'less',
  most: 'lessOrEqual',
  lte: 'lessOrEqual',
  string: 'contains',
};

const fillers = new Set([
  'to',
  'be',
  'been',
  'is',
  'that',
  'which',
  'and',
  'has',
  'have',
  'with',
  'at',
  'of',
  'same',
  'but',
  'does',
  'still',
  'also',
  'deep',
  'own',
  'all',
  'any',
]);

const typeNames = new Set(['string', 'number', 'boolean', 'array', 'object', 'null']);

/** What follows `pm.expect(…)`; undefined where a part has no counterpart. */
export function readExpectation(about: Meaning, links: Link[], bindings: Bindings): Assertion[] | undefined {
  const assertions: Assertion[] = [];
  let subject = about;
  let negated = false;
  for (const link of links) {
    if (link.args === undefined && fillers.has(link.name)) continue;
    if (link.name === 'not' && link.args === undefined) {
      negated = true;
      continue;
    }
    const read = readLink(subject, link, { negated, bindings });
    if (read === undefined) return undefined;
    assertions.push(...read.assertions);
    subject = read.subject ?? subject;
    negated = false;
  }
  return assertions.length === 0 ? undefined : assertions;
}

interface Context {
  negated: boolean;
  bindings: Bindings;
}

type ReadLink = { assertions: Assertion[]; subject?: Meaning };

function readLink(about: Meaning, link: Link, context: Context): ReadLink | undefined {
  const { negated } = context;
  if (about.kind === 'length') {
    if (negated) return undefined;
    const count = valueOf(link.args?.[0], context.bindings);
    return one(checkLength(about.of, comparisons[link.name], count?.value));
  }
  if (about.kind !== 'subject') return undefined;
  const { subject } = about;
  return link.args === undefined ? readWord(subject, link.name, negated) : readCall(subject, link, context);
}

function readWord(subject: Subject, word: string, negated: boolean): ReadLink | undefined {
  switch (word) {
    case 'true':
    case 'false':
      return one(check(subject, { operator: 'equals', expected: word === 'true', negated }));
    case 'null':
      return one(check(subject, { operator: 'equals', expected: null, negated }));
    case 'undefined':
      return one(check(subject, { operator: 'notExists', negated }));
    case 'exist':
      return one(check(subject, { operator: 'exists', negated }));
    case 'empty':
      return one(
        negated ? checkSize(subject, { least: 1 }) : check(subject, { operator: 'length', expected: 0 }),
      );
    default:
      return undefined;
  }
}

function readCall(subject: Subject, link: Link, context: Context): ReadLink | undefined {
  const { negated, bindings } = context;
  const [first, second] = link.args ?? [];
  const value = valueOf(first, bindings);
  const operator = comparisons[link.name];
  if (operator !== undefined && Object.hasOwn(comparisons, link.name)) {
    return value && one(check(subject, { operator, expected: value.value, negated }));
  }
  switch (link.name) {
    case 'a':
    case 'an': {
      const type = textOf(first);
      if (type === 'undefined') return one(check(subject, { operator: 'notExists', negated }));
      if (type === undefined || !typeNames.has(type) || negated || subject.on !== 'jsonPath')
        return undefined;
      return one(check(subject, { operator: 'type', expected: type }));
    }
    case 'include':
    case 'includes':
    case 'contain':
    case 'contains':
      return value && readInclude(subject, value.value, negated);
    case 'property':
      return readProperty(subject, { name: textOf(first), value: valueOf(second, bindings) }, context);
    case 'lengthOf':
    case 'length':
      return typeof value?.value === 'number' && !negated
        ? one(check(subject, { operator: 'length', expected: value.value }))
        : undefined;
    case 'oneOf':
      return Array.isArray(value?.value) && !negated
        ? one(check(subject, { operator: 'in', expected: value.value }))
        : undefined;
    case 'within': {
      const high = valueOf(second, bindings);
      if (value === undefined || high === undefined || negated) return undefined;
      return {
        assertions: [
          { ...subject, operator: 'greaterOrEqual', expected: value.value },
          { ...subject, operator: 'lessOrEqual', expected: high.value },
        ],
      };
    }
    case 'match':
    case 'matches': {
      const pattern = meaningOf(first, bindings);
      if (pattern?.kind !== 'pattern' || negated) return undefined;
      const expected = patternText(pattern);
      return expected === undefined ? undefined : one(check(subject, { operator: 'matches', expected }));
    }
    case 'keys': {
      const names = (link.args ?? []).flatMap((argument) => valueOf(argument, bindings)?.value ?? [null]);
      if (negated || subject.on !== 'jsonPath' || !names.every((name) => typeof name === 'string'))
        return undefined;
      return {
        assertions: names.map((name) => ({
          ...subject,
          path: `${subject.path}${pathPart(name)}`,
          operator: 'exists',
        })),
      };
    }
    case 'jsonSchema':
      return value && !negated
        ? one(check(subject, { operator: 'schema', expected: value.value }))
        : undefined;
    default:
      return undefined;
  }
}

function readInclude(subject: Subject, value: Json, negated: boolean): ReadLink | undefined {
  if (!isObject(value)) return one(check(subject, { operator: 'contains', expected: value, negated }));
  if (negated || subject.on !== 'jsonPath') return undefined;
  return {
    assertions: Object.entries(value).map(([name, expected]) => ({
      ...subject,
      path: `${subject.path}${pathPart(name)}`,
      operator: 'equals',
      expected,
    })),
  };
}

function readProperty(
  subject: Subject,
  given: { name: string | undefined; value: { value: Json } | undefined },
  { negated }: Context,
): ReadLink | undefined {
  if (subject.on !== 'jsonPath' || given.name === undefined) return undefined;
  const inner: Subject = { ...subject, path: `${subject.path}${pathPart(given.name)}` };
  const assertion =
    given.value === undefined
      ? check(inner, { operator: 'exists', negated })
      : check(inner, { operator: 'equals', expected: given.value.value, negated });
  return assertion && { assertions: [assertion], subject: { kind: 'subject', subject: inner } };
}

function one(assertion: Assertion | undefined): ReadLink | undefined {
  return assertion === undefined ? undefined : { assertions: [assertion] };
}
