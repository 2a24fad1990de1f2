import * as z from 'zod';
import type { ZodType } from 'zod';
import type { StringShape } from '../contract/signature.ts';
import { expectedString } from './expected-text.ts';
import { expectedPrefix, refusal, type RefusalCode } from './refusal.ts';
import { formatRules } from './string-formats.ts';

/** Text with its constraints. Characters are Unicode code points, as in JSON Schema; patterns have the `u` flag. */
export function stringSchema(shape: StringShape): ZodType<string> {
  const { minLength, maxLength, pattern, format } = shape;
  if (minLength === undefined && maxLength === undefined && pattern === undefined && format === undefined) {
    return z.string();
  }
  const expected = expectedString(shape);
  const problemOf = stringProblem(shape);
  return z.string({ error: `${expectedPrefix}${expected}` }).check(({ value, issues }) => {
    const code = problemOf(value);
    if (code === undefined) return;
    const length = code === 'too_small' || code === 'too_big' ? { length: [...value].length } : {};
    issues.push(refusal({ expected, code, input: value, ...length }));
  });
}

/** What is wrong with a text, if anything. */
export function stringProblem(shape: StringShape): (text: string) => RefusalCode | undefined {
  const { minLength = 0, maxLength = Infinity } = shape;
  const pattern = shape.pattern === undefined ? undefined : new RegExp(shape.pattern, 'u');
  const format = shape.format === undefined ? undefined : formatRules[shape.format].test;
  return (text) => {
    // Length first: it bounds what the regular expressions have to read.
    if (isLonger(text, maxLength)) return 'too_big';
    if (minLength > 0 && !isLonger(text, minLength - 1)) return 'too_small';
    if (format !== undefined && !format(text)) return 'invalid_format';
    return pattern === undefined || pattern.test(text) ? undefined : 'invalid_format';
  };
}

/** Counts code points only where UTF-16's length leaves a doubt: each has one or two units. */
function isLonger(text: string, limit: number): boolean {
  if (text.length <= limit) return false;
  if (text.length > 2 * limit) return true;
  let points = 0;
  for (const _ of text) points += 1;
  return points > limit;
}

/** Text that matches a template literal type, which `text` shows. */
export function templateSchema(source: string, text: string): ZodType<string> {
  const pattern = new RegExp(source, 'u');
  const expected = `text like ${text}`;
  return z.string({ error: `${expectedPrefix}${expected}` }).check(({ value, issues }) => {
    if (!pattern.test(value)) issues.push(refusal({ expected, code: 'invalid_format', input: value }));
  });
}
