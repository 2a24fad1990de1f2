import type { Assertion, Extraction, Operator } from '../model/checks.ts';
import type { Json } from '../model/json.ts';
import { compileExtraction } from './extract.ts';
import { SchemaCompiler } from './json-schema.ts';
import { jsonTypes } from './operators.ts';
import { compilePattern } from './pattern.ts';
import { compileSubject } from './subject.ts';
import { ValueError } from './value-error.ts';

/** What cannot be used in a check before there is an answer, and in which field of it. */
export interface UnreadableField {
  field: 'path' | 'expected';
  error: ValueError;
}

/** Templates apart, whose values are not known yet. */
export function unreadableAssertion(
  assertion: Exclude<Assertion, { on: 'call' }>,
  schemas = new SchemaCompiler(),
): UnreadableField[] {
  return [
    ...attempt('path', () => void compileSubject(assertion)),
    ...attempt('expected', () => readExpected(assertion.operator, assertion.expected, schemas)),
  ];
}

export function unreadableExtraction(extraction: Extraction): UnreadableField[] {
  return attempt('path', () => void compileExtraction({ ...extraction, default: null }, 'scenario'));
}

/** Whether an operator can do anything with what it compares with. @throws ValueError */
export function readExpected(
  operator: Operator,
  expected: Json | undefined,
  schemas = new SchemaCompiler(),
): void {
  if (expected === undefined) {
    if (operator === 'exists' || operator === 'notExists') return;
    throw new ValueError('VALUE_INVALID', `The operator ${operator} needs an expected value.`);
  }
  if (JSON.stringify(expected).includes('{{')) return;
  if (operator === 'matches')
    compilePattern(typeof expected === 'string' ? expected : JSON.stringify(expected));
  if (operator === 'schema') schemas.compile(expected);
  if (operator === 'in' && !Array.isArray(expected)) {
    throw new ValueError('VALUE_INVALID', `The operator in needs a list, got ${JSON.stringify(expected)}.`);
  }
  if (operator === 'type' && !jsonTypes.some((type) => type === expected)) {
    throw new ValueError(
      'VALUE_INVALID',
      `The operator type needs one of ${jsonTypes.join(', ')}, got ${JSON.stringify(expected)}.`,
    );
  }
}

function attempt(field: UnreadableField['field'], work: () => void): UnreadableField[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof ValueError) return [{ field, error }];
    throw error;
  }
}
