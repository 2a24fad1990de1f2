import type { z } from 'zod';
import { listText, literalText } from './problem-text.ts';
import { expectedPrefix } from './refusal.ts';

type Issue = z.core.$ZodIssue;

/** What an issue says was expected: `'a' | 'b' | number`. */
export function expectedOf(issue: Issue, value: unknown): string {
  if (isOurs(issue)) return issue.message.slice(expectedPrefix.length);
  switch (issue.code) {
    case 'invalid_type':
      return typeNames[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return listText(issue.values.map((one) => literalText(one)));
    case 'invalid_union':
      return issue.errors.length === 0 ? 'object' : listText(branchTexts(issue, value));
    case 'too_small':
    case 'too_big':
      return issue.origin;
    default:
      return issue.code;
  }
}

/** Our schemas say what they expect in their messages. */
export function isOurs(issue: Issue): boolean {
  return issue.message.startsWith(expectedPrefix);
}

/** The value is of the right kind, and the fault lies inside it. */
export function isInside(issue: Issue): boolean {
  return issue.path.length > 0 || issue.code === 'unrecognized_keys';
}

function branchTexts(issue: z.core.$ZodIssueInvalidUnion, value: unknown): string[] {
  const texts = issue.errors.map((branch) => {
    const own = branch.find((inner) => !isInside(inner));
    return own === undefined ? (Array.isArray(value) ? 'array' : 'object') : expectedOf(own, value);
  });
  return [...texts.filter((text) => text !== 'null'), ...texts.filter((text) => text === 'null')];
}

const typeNames: Readonly<Record<string, string>> = {
  nonoptional: 'any value',
  record: 'object',
  tuple: 'array',
  map: 'array',
  set: 'array',
  never: 'no value',
  undefined: 'no value',
};
