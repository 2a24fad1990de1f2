import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../apis/_platform/model/json.ts';
import { compileJsonPath } from '../../../apis/_platform/values/json-path.ts';

interface ComplianceCase {
  name: string;
  selector: string;
  document?: Json;
  result?: Json[];
  results?: Json[][];
  invalid_selector?: true;
}

// The official suite of RFC 9535: github.com/jsonpath-standard/jsonpath-compliance-test-suite.
const file = new URL('fixtures/jsonpath-compliance.json', import.meta.url);
const { tests } = JSON.parse(readFileSync(file, 'utf8')) as { tests: ComplianceCase[] };

describe('JSONPath compliance suite', () => {
  test('is whole', () => {
    expect(tests).toHaveLength(687);
  });

  test.each(tests)('$name: $selector', ({ selector, document, result, results, invalid_selector }) => {
    if (invalid_selector) {
      expect(() => compileJsonPath(selector)).toThrow('is no JSONPath');
      return;
    }
    expect(results ?? [result]).toContainEqual(compileJsonPath(selector).find(document ?? null));
  });
});

test('a query for one node is known as such', () => {
  expect(compileJsonPath('$.a[0].b').singular).toBe(true);
  expect(compileJsonPath('$.a[*]').singular).toBe(false);
  expect(compileJsonPath('$..b').singular).toBe(false);
});

test('a pattern that backtracks for ever is ended', () => {
  const path = compileJsonPath("$[?match(@, '(a+)+b')]");
  expect(() => path.find([`${'a'.repeat(60)}c`])).toThrow('took longer than 1000 ms');
});

test('documents may be deep', () => {
  const deep = JSON.parse(`${'{"a":'.repeat(2000)}{"b":1}${'}'.repeat(2000)}`) as Json;
  expect(compileJsonPath('$..b').find(deep)).toEqual([1]);
});
