import type { Shape } from '../contract/signature.ts';

/** The shapes that a shape is made of, without following references. */
export function childShapes(shape: Shape): readonly Shape[] {
  switch (shape.kind) {
    case 'array':
    case 'set':
      return [shape.element];
    case 'map':
      return [shape.key, shape.value];
    case 'tuple':
      return shape.elements.map((element) => element.shape);
    case 'object':
      return [
        ...shape.properties.map((property) => property.shape),
        ...(shape.index ?? []).map(({ value }) => value),
      ];
    case 'union':
      return shape.members;
    default:
      return [];
  }
}

/** Names of all definitions that the shapes refer to, directly or through others, in the order met. */
export function referredNames(
  shapes: readonly Shape[],
  definitionOf: (name: string) => Shape,
): readonly string[] {
  const names = new Set<string>();
  const open = [...shapes].reverse();
  for (let shape = open.pop(); shape !== undefined; shape = open.pop()) {
    if (shape.kind !== 'ref') open.push(...childShapes(shape).toReversed());
    else if (!names.has(shape.name)) {
      names.add(shape.name);
      open.push(definitionOf(shape.name));
    }
  }
  return [...names];
}
