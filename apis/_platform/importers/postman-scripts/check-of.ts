import type { Assertion, Operator, Subject } from '../../model/checks.ts';
import type { Json } from '../../model/json.ts';
import { meaningOf, type Bindings } from './meaning.ts';

const negations: Partial<Record<Operator, Operator>> = {
  equals: 'notEquals',
  notEquals: 'equals',
  contains: 'notContains',
  exists: 'notExists',
  notExists: 'exists',
  greater: 'lessOrEqual',
  greaterOrEqual: 'less',
  less: 'greaterOrEqual',
  lessOrEqual: 'greater',
};

/** The check of a subject with an operator, or of its opposite; undefined where there is none. */
export function check(
  subject: Subject,
  given: { operator: Operator; expected?: Json; negated?: boolean },
): Assertion | undefined {
  const operator = given.negated === true ? negations[given.operator] : given.operator;
  if (operator === undefined) return undefined;
  return { ...subject, operator, ...(given.expected === undefined ? {} : { expected: given.expected }) };
}

/** The value of an expression that is written out, or stands for a variable. */
export function valueOf(
  expression: Parameters<typeof meaningOf>[0],
  bindings: Bindings,
): { value: Json } | undefined {
  const meaning = meaningOf(expression, bindings);
  return meaning?.kind === 'value' ? { value: meaning.value } : undefined;
}

/** A regular expression as the operator `matches` reads it; undefined where a flag means nothing there. */
export function patternText({ source, flags }: { source: string; flags: string }): string | undefined {
  if (/[^dgimsuv]/.test(flags)) return undefined;
  // One match is enough.
  const rest = flags.replaceAll(/[dg]/g, '');
  return rest === '' ? source : `/${source}/${rest}`;
}
