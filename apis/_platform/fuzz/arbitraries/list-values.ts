import * as fc from 'fast-check';
import { isSchema, numberOf, schemaList, type SchemaObject } from '../schema/json-schema.ts';
import { keepFitting } from './keep-fitting.ts';
import type { Inner } from './object-values.ts';

/** Lists with the right first elements, number of elements and, where asked for, no equal ones. */
export function listValues(schema: SchemaObject, inner: Inner): fc.Arbitrary<unknown[]> | undefined {
  const least = numberOf(schema['minItems']) ?? 0;
  const most = numberOf(schema['maxItems']) ?? Infinity;
  const first = schemaList(schema['prefixItems']);
  const { items } = schema;
  const rest = inner(isSchema(items) ? items : true);
  let fixed: fc.Arbitrary<unknown[]> = fc.constant([]);
  let length = 0;
  for (const one of first.slice(0, most)) {
    const values = inner(one);
    if (values === undefined) break;
    const longer = fc.tuple(fixed, values).map(([before, value]) => [...before, value]);
    fixed = length < least ? longer : fc.oneof(fixed, longer);
    length += 1;
  }
  const missing = Math.max(0, least - length);
  if (missing > 0 && (length < first.length || rest === undefined)) return undefined;
  const lists = withRest({ fixed, length, rest: length < first.length ? undefined : rest }, { least, most });
  return schema['uniqueItems'] === true ? distinct(lists, least) : lists;
}

interface Parts {
  readonly fixed: fc.Arbitrary<unknown[]>;
  /** Of `fixed` at most. */
  readonly length: number;
  readonly rest: fc.Arbitrary<unknown> | undefined;
}

function withRest(
  { fixed, length, rest }: Parts,
  { least, most }: { readonly least: number; readonly most: number },
): fc.Arbitrary<unknown[]> {
  if (rest === undefined || most <= length) return fixed;
  const minLength = Math.max(0, least - length);
  const tail = fc.array(rest, { minLength, maxLength: Math.min(most - length, minLength + 3) });
  // What was left out of the first elements ends the list.
  return fc
    .tuple(fixed, tail)
    .map(([before, after]) => (before.length === length ? [...before, ...after] : before));
}

function distinct(lists: fc.Arbitrary<unknown[]>, least: number): fc.Arbitrary<unknown[]> {
  const sets = lists.map((values) => {
    const texts = values.map(canonical);
    return values.filter((_value, at) => texts.indexOf(texts[at] ?? '') === at);
  });
  return least === 0
    ? sets
    : keepFitting(sets, {
        fits: (values) => values.length >= least,
        wanted: `a list of ${least} different elements`,
      });
}

/** The same text for what could become the same value, such as 7 and '7'. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) => {
    if (typeof one === 'number') return String(one);
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return one;
    return Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
