import * as fc from 'fast-check';
import { compileSchema } from '../schema/compile-schema.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import { keepFitting } from './keep-fitting.ts';
import { describePlace, mutate, placesOf, type Place } from './mutate-value.ts';
import { isObject, mutationsFor, removed, type Mutation } from './mutations.ts';
import { schemaValues } from './schema-values.ts';

/** Arguments of a function by name. */
export type Body = Readonly<Record<string, unknown>>;

/**
 * Bodies that fit the schema, as JSON would bring them.
 *
 * @throws SchemaError when the schema cannot be used, or nothing fits it
 */
export function validBodies(schema: JsonSchema): fc.Arbitrary<Body> {
  const check = compileSchema(schema);
  const values = schemaValues(schema).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
  return keepFitting(values, {
    fits: (value) => isObject(value) && check(value) === undefined,
    wanted: 'an object that fits the whole schema',
  }) as fc.Arbitrary<Body>;
}

/** A body that does not fit, and how it was made from one that does. */
export interface InvalidBody {
  readonly body: Body;
  /** `user.age: another type` */
  readonly mutation: string;
  /** What the schema says of it. */
  readonly problem: string;
}

/** How many places and mutations are tried for one body. */
const tries = 200;

/**
 * Bodies that surely do not fit: a valid one with one change, of which the schema itself says that it is wrong.
 *
 * @throws SchemaError as `validBodies`, and when every object fits
 */
export function invalidBodies(schema: JsonSchema): fc.Arbitrary<InvalidBody> {
  const check = compileSchema(schema);
  const mutations = mutationsFor(schema);
  const broken = fc
    .tuple(validBodies(schema), fc.nat({ max: 10_000 }), fc.nat({ max: 10_000 }))
    .map(([body, at, which]) => breakBody(body, { at, which, mutations, check }));
  return keepFitting(broken, {
    fits: (one) => one !== undefined,
    wanted: 'invalid: the schema accepts every object',
    patience: 50,
  }) as fc.Arbitrary<InvalidBody>;
}

interface Choice {
  readonly at: number;
  readonly which: number;
  readonly mutations: readonly Mutation[];
  readonly check: (value: unknown) => string | undefined;
}

/** The chosen place and mutation, else those that follow. */
function breakBody(body: Body, { at, which, mutations, check }: Choice): InvalidBody | undefined {
  const places = placesOf(body);
  for (let turn = 0; turn < tries; turn += 1) {
    const place: Place = places[(at + Math.floor(turn / mutations.length)) % places.length] ?? [];
    const mutation = mutations[(which + turn) % mutations.length];
    if (mutation === undefined) return undefined;
    const next = mutate(body, place, mutation);
    if (next === undefined || next === removed || !isObject(next)) continue;
    const problem = check(next);
    if (problem !== undefined)
      return { body: next, mutation: `${describePlace(place)}: ${mutation.name}`, problem };
  }
  return undefined;
}
