import type { Shape } from '../contract/signature.ts';

/** The shapes that a shape is directly made of, with paths such as `user.tags[]`; references are not followed. */
export function innerShapes(shape: Shape, path: string): readonly (readonly [shape: Shape, path: string])[] {
  switch (shape.kind) {
    case 'union':
      return shape.members.map((member) => [member, path]);
    case 'array':
    case 'set':
      return [[shape.element, `${path}[]`]];
    case 'map':
      return [
        [shape.key, `${path}[key]`],
        [shape.value, `${path}[value]`],
      ];
    case 'tuple':
      return shape.elements.map((element, at) => [element.shape, `${path}[${element.rest ? '' : at}]`]);
    case 'object':
      return [
        ...shape.properties.map((one): [Shape, string] => [one.shape, `${path}.${one.name}`]),
        ...(shape.index ?? []).map((one): [Shape, string] => [one.value, `${path}[key]`]),
      ];
    default:
      return [];
  }
}
