import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePattern, growth } from '../../../apis/_platform/values/pattern.ts';

const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
console.log(`patterns: SEED=${seed}`);

describe('patterns', () => {
  test('are read as text or with flags', () => {
    expect(compilePattern('^a').exec('ab')?.[0]).toBe('a');
    expect(compilePattern('/^A/i').exec('ab')?.[0]).toBe('a');
    expect(compilePattern('/a').exec('x/a')?.[0]).toBe('/a');
    expect(() => compilePattern('(')).toThrow('"(" is no regular expression');
  });

  test.each([
    '^(a+)+$',
    '^(a|a)*$',
    '^(a|aa)+$',
    '^(.*)*$b',
    '^((a+)b?)+$',
    '(a?){60}a{60}$',
    `^${'a?'.repeat(45)}${'a'.repeat(60)}b`,
    `^${'(a|aa)'.repeat(40)}$`,
  ])('%s ends, in time or as too slow', (source) => {
    const pattern = compilePattern(source);
    let ended: unknown;
    try {
      ended = pattern.exec(`${'a'.repeat(50)}!`);
    } catch (error) {
      ended = (error as { code?: string }).code;
    }
    expect(ended).toBeOneOf([null, 'PATTERN_TOO_SLOW']);
  });

  test('one that is slow again and again is not tried any more', () => {
    const pattern = compilePattern('^(a+)+$');
    const evil = `${'a'.repeat(60)}!`;
    for (let turn = 0; turn < 3; turn += 1)
      expect(() => pattern.exec(evil)).toThrow('took longer than 1000 ms');
    expect(() => pattern.exec(evil)).toThrow('is not tried any more');
  });

  test('plain ones grow little, so that they run without a limit of time', () => {
    expect(growth('^[a-z]+-\\d{3}$')).toEqual({ power: 2, choices: 0 });
    expect(growth('"token":"([^"]+)"')).toEqual({ power: 2, choices: 0 });
    expect(growth('(a|b)c?')).toEqual({ power: 1, choices: 2 });
    expect(growth('(ab)+')).toEqual({ power: 2, choices: 0 });
    for (const source of ['(a+)+', '(a?){9}', '(a|b)*', '(a)\\1', '(?<x>a)\\k<x>', '((a*)b)+']) {
      expect(growth(source).power).toBe(Number.POSITIVE_INFINITY);
    }
  });

  test('find what the plain regular expression finds', () => {
    const part = fc.constantFrom('a', 'b', '.', '[ab]', '(a|b)', '(ab)', '(a+)', '\\w');
    const repetition = fc.constantFrom('', '*', '+', '?', '{2}', '{1,3}', '*?');
    const source = fc
      .array(fc.tuple(part, repetition), { minLength: 1, maxLength: 5 })
      .map((parts) => parts.flat().join(''));
    fc.assert(
      fc.property(source, fc.stringMatching(/^[abc]{0,12}$/), (pattern, text) => {
        expect(compilePattern(pattern).exec(text)?.[0]).toBe(new RegExp(pattern).exec(text)?.[0]);
      }),
      { seed, numRuns: 300 },
    );
  });
});
