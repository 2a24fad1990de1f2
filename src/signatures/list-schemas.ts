import * as z from 'zod';
import type { ZodType } from 'zod';
import { $ZodCheck } from 'zod/v4/core';
import type { ArrayShape, TupleElement } from '../contract/signature.ts';
import { firstDuplicate, jsonKey } from './json-key.ts';
import { refusal } from './refusal.ts';

export function arraySchema(shape: ArrayShape, element: ZodType): ZodType<unknown[]> {
  const { minItems, maxItems, uniqueItems } = shape;
  let list = z.array(element);
  if (minItems !== undefined) list = list.min(minItems);
  if (maxItems !== undefined) list = list.max(maxItems);
  return uniqueItems === true ? list.check(uniqueCheck()) : list;
}

/** An array without equal values, as `Set`. */
export function setSchema(element: ZodType): ZodType<Set<unknown>> {
  return z
    .array(element)
    .check(uniqueCheck())
    .transform((values) => new Set(values));
}

/** Equal is what the function would get as equal values, so 7 and '7' among bigints. */
function uniqueCheck(): z.core.$ZodCheck<unknown[]> {
  // Also when elements are wrong: every problem is listed.
  const check: z.core.$ZodCheck<unknown[]> = new $ZodCheck({
    check: 'custom',
    when: ({ value }) => Array.isArray(value),
  });
  check._zod.check = ({ value, issues }) => {
    const wrong = new Set(issues.map(({ path }) => path?.[0]));
    // Not its elements but the list itself is wrong.
    if (wrong.has(undefined)) return;
    const found = firstDuplicate(value, (at) => !wrong.has(at));
    if (found === undefined) return;
    const expected = `an element other than that at [${found.earlier}]`;
    issues.push(refusal({ expected, code: 'not_unique', input: value, path: [found.at] }));
  };
  return check;
}

/** `[[key, value], …]` as `Map`; a key that came before is refused, since it would replace a value unseen. */
export function mapSchema(key: ZodType, value: ZodType): ZodType<Map<unknown, unknown>> {
  return z.array(z.tuple([key, value])).transform((pairs, { issues }) => {
    const map = new Map<unknown, unknown>();
    const seen = new Map<unknown, number>();
    for (const [at, [name, content]] of pairs.entries()) {
      // Of the key as the function gets it: 7 and '7' are the same `bigint`.
      const same = jsonKey(name);
      const earlier = seen.get(same);
      if (earlier !== undefined) {
        const expected = `a key other than that at [${earlier}]`;
        issues.push(refusal({ expected, code: 'not_unique', input: pairs, path: [at, 0] }));
      }
      seen.set(same, earlier ?? at);
      map.set(name, content);
    }
    return map;
  });
}

export function tupleSchema(
  elements: readonly TupleElement[],
  toSchema: (element: TupleElement) => ZodType,
): ZodType<unknown[]> {
  const rest = elements.find((element) => element.rest);
  const items = elements
    .filter((element) => !element.rest)
    .map((element) =>
      element.optional ? toSchema(element).optional() : present(toSchema(element), element),
    );
  const list = items as [ZodType, ...ZodType[]];
  return rest === undefined ? z.tuple(list) : z.tuple(list, toSchema(rest));
}

/** zod fills what a tuple lacks with `undefined`, which is anything as well. */
function present(schema: ZodType, { shape: { kind } }: TupleElement): ZodType {
  return kind === 'unknown' || kind === 'union' || kind === 'ref' ? z.nonoptional(schema) : schema;
}
