import type { Definition, Shape } from '../contract/signature.ts';

export type Definitions = Readonly<Record<string, Definition>>;
type Tag = string | number | boolean;

/** Objects that one property tells apart. */
export interface Tagged {
  readonly property: string;
  /** Objects or references to objects, with the values of the property that mean them. */
  readonly members: readonly { readonly shape: Shape; readonly values: readonly Tag[] }[];
}

/**
 * The shape that a reference means.
 *
 * @throws Error when the signature refers to what it does not define
 */
export function resolveShape(shape: Shape, definitions: Definitions): Exclude<Shape, { kind: 'ref' }> {
  const names = new Set<string>();
  let at = shape;
  while (at.kind === 'ref') {
    const { name } = at;
    const found = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
    if (found === undefined) throw new Error(`no definition '${name}' in the signature`);
    if (names.has(name)) throw new Error(`the definition '${name}' refers to nothing but itself`);
    names.add(name);
    at = found.shape;
  }
  return at;
}

/** The members of a union, with those of unions inside it. */
export function flatMembers(
  members: readonly Shape[],
  definitions: Definitions,
  inside: readonly Shape[] = [],
): readonly Shape[] {
  return members.flatMap((member) => {
    const meant = resolveShape(member, definitions);
    if (meant.kind !== 'union') return [member];
    return inside.includes(meant) ? [] : flatMembers(meant.members, definitions, [...inside, meant]);
  });
}

/**
 * Tells objects apart by a required property with other literal values in each of them: the preferred
 * one if it does, else the first of their properties that does. Undefined when none does.
 */
export function findTagged(
  shapes: readonly Shape[],
  definitions: Definitions,
  preferred?: string,
): Tagged | undefined {
  const [first] = shapes;
  if (first === undefined || shapes.length < 2) return undefined;
  const names = propertiesOf(first, definitions).map(({ name }) => name);
  for (const property of preferred === undefined ? names : [preferred, ...names]) {
    const members = shapes.map((shape) => ({ shape, values: tagValues(shape, property, definitions) }));
    const values = members.flatMap((member) => member.values);
    const complete = members.every((member) => member.values.length > 0);
    if (complete && new Set(values).size === values.length) return { property, members };
  }
  return undefined;
}

function propertiesOf(shape: Shape, definitions: Definitions) {
  const object = resolveShape(shape, definitions);
  return object.kind === 'object' ? object.properties : [];
}

function tagValues(shape: Shape, name: string, definitions: Definitions): readonly Tag[] {
  const property = propertiesOf(shape, definitions).find((one) => one.name === name);
  if (property === undefined || property.optional) return [];
  const meant = resolveShape(property.shape, definitions);
  const members = meant.kind === 'union' ? flatMembers(meant.members, definitions) : [meant];
  const values = members.flatMap((member) => (member.kind === 'literal' ? [member.value] : []));
  return values.length === members.length ? values : [];
}
