import * as z from 'zod';
import type { ZodType } from 'zod';
import { $ZodCheck, util } from 'zod/v4/core';
import { runSchema, type ParseMemory } from './run-schema.ts';
import { unknownKeyMessages } from './unknown-key-messages.ts';

export type ObjectSchema = ZodType<Record<string, unknown>>;

export interface ObjectFields {
  readonly fields: Readonly<Record<string, ZodType>>;
  /** What keys are called in messages. */
  readonly what: 'property' | 'parameter';
  /** From index signatures. */
  readonly index: readonly IndexSchema[];
  /** Makes a schema look at each object once per parse, where zod itself loses track. */
  readonly remember: ParseMemory['remember'];
}

export interface IndexSchema {
  /** Source of the regular expression that keys match; absent: keys that no other signature matches. */
  readonly pattern: string | undefined;
  readonly value: ZodType;
}

/** A strict object: keys that are neither fields nor fit an index signature are refused. */
export function objectSchema(object: ObjectFields): ObjectSchema {
  const { fields, what, index, remember } = object;
  const names = Object.keys(fields);
  const schema = index.length === 0 ? strictSchema(fields, what) : indexedSchema(object);
  if (!hasInheritedName(names)) return schema;
  // Not z.preprocess(): that makes a field which may be left out of its object.
  const own = z.unknown().transform((value) => withoutInherited(value, names));
  return remember(own.pipe(schema));
}

/** `toString` and the like, which every object seems to have. */
export function hasInheritedName(names: readonly string[]): boolean {
  return names.some((name) => name in Object.prototype);
}

function strictSchema(fields: ObjectFields['fields'], what: ObjectFields['what']): ObjectSchema {
  const names = Object.keys(fields);
  return z.strictObject(fields, {
    // One line per key: problems are made from them later, when the known names are no longer at hand.
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? unknownKeyMessages(issue.keys, { what, names }) : undefined,
  });
}

function indexedSchema({ fields, what, index, remember }: ObjectFields): ObjectSchema {
  const patterned = index.flatMap(({ pattern, value }) =>
    pattern === undefined ? [] : [{ pattern: new RegExp(pattern, 'u'), value: remember(value) }],
  );
  const plain = index.flatMap(({ pattern, value }) => (pattern === undefined ? [value] : []));
  const [only, second] = plain;
  if (patterned.length === 0 && only !== undefined && second === undefined) {
    return z.object(fields).catchall(only);
  }
  const others = plain.map(remember);
  const known = {
    what,
    names: Object.keys(fields),
    patterns: patterned.map(({ pattern }) => pattern.source),
  };
  const fitting = (key: string): readonly ZodType[] => {
    const matching = patterned.filter(({ pattern }) => pattern.test(key)).map(({ value }) => value);
    return matching.length === 0 ? others : [...new Set(matching)];
  };
  // Also when a field is wrong: every problem is listed.
  const check = new $ZodCheck({ check: 'custom', when: ({ value }) => util.isObject(value) });
  check._zod.check = (payload) => {
    // A copy: zod may show the object to this check again.
    const object = { ...(payload.value as Record<string, unknown>) };
    const unknown: string[] = [];
    for (const key of Object.keys(object)) {
      if (Object.hasOwn(fields, key)) continue;
      const schemas = fitting(key);
      if (schemas.length === 0) unknown.push(key);
      else object[key] = runAll(schemas, key, payload);
    }
    payload.value = object;
    if (unknown.length === 0) return;
    const message = unknownKeyMessages(unknown, known);
    payload.issues.push({ code: 'unrecognized_keys', keys: unknown, input: object, message });
  };
  return z.looseObject(fields).check(check);
}

/** A value must fit every signature whose pattern its key matches; the first one gives the result. */
function runAll(schemas: readonly ZodType[], key: string, { value, issues }: z.core.ParsePayload): unknown {
  const input = (value as Record<string, unknown>)[key];
  const found: z.core.$ZodRawIssue[] = [];
  const [result] = schemas.map((schema) => runSchema(schema, input, found));
  issues.push(...found.map((issue) => ({ ...issue, path: [key, ...(issue.path ?? [])] })));
  return result;
}

/** zod reads `input[key]`, which for a left out `toString` would be Object's method. */
function withoutInherited(value: unknown, names: readonly string[]): unknown {
  if (!util.isObject(value) || names.every((name) => Object.hasOwn(value, name))) return value;
  return Object.assign(Object.create(null) as object, value);
}
