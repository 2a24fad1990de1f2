import * as z from 'zod';
import type { ZodType } from 'zod';
import type { Shape, UnionShape } from '../contract/signature.ts';
import { findTagged, flatMembers, resolveShape, type Definitions, type Tagged } from './discriminator.ts';
import { hasInheritedName } from './object-schema.ts';
import { inUnionOrder } from './union-order.ts';

export interface UnionParts {
  readonly definitions: Definitions;
  readonly toSchema: (shape: Shape) => ZodType;
}

/**
 * Literals are one schema, and so are objects that a property tells apart; the rest is tried one after
 * the other. In recursive types zod itself sees to it that members which overlap look at each object once,
 * not twice as often at every level.
 */
export function unionSchema({ members, discriminator }: UnionShape, parts: UnionParts): ZodType {
  const { definitions, toSchema } = parts;
  const flat = inUnionOrder(flatMembers(members, definitions));
  const literals = flat.filter((member) => member.kind === 'literal');
  const objects = flat.filter((member) => resolveShape(member, definitions).kind === 'object');
  const tagged = selectable(findTagged(objects, definitions, discriminator), definitions);
  const together = new Set<Shape>(tagged === undefined ? [] : objects);
  const options = flat.flatMap((member): ZodType[] => {
    if (member === literals[0]) return [z.literal(literals.map(({ value }) => value))];
    if (member.kind === 'literal') return [];
    if (tagged !== undefined && member === objects[0]) return [taggedSchema(tagged, toSchema)];
    return together.has(member) ? [] : [toSchema(member)];
  });
  const [only] = options;
  return only !== undefined && options.length === 1 ? only : z.union(options);
}

function taggedSchema({ property, members }: Tagged, toSchema: UnionParts['toSchema']): ZodType {
  const options = members.map(({ shape }) => toSchema(shape) as z.core.$ZodTypeDiscriminable);
  const [first, ...more] = options;
  return first === undefined ? z.never() : z.discriminatedUnion(property, [first, ...more]);
}

/** zod reads the tags off the fields, which it cannot where these need a look at the object first. */
function selectable(tagged: Tagged | undefined, definitions: Definitions): Tagged | undefined {
  const hidden = tagged?.members.some(({ shape }) => {
    const object = resolveShape(shape, definitions);
    return object.kind !== 'object' || hasInheritedName(object.properties.map(({ name }) => name));
  });
  return hidden === true ? undefined : tagged;
}
