import type { Shape } from '../contract/signature.ts';

/** The shapes that a shape is directly made of. */
export function childShapes(shape: Shape): readonly Shape[] {
  switch (shape.kind) {
    case 'union':
      return shape.members;
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
    default:
      return [];
  }
}

/** Names of the definitions that a shape refers to, without what those refer to in turn; in order, repeated. */
export function referencesOf(shape: Shape): string[] {
  return shape.kind === 'ref' ? [shape.name] : childShapes(shape).flatMap(referencesOf);
}

/** Whether callers send it in another form than they get it, apart from what it refers to. */
export function differsByDirection(shape: Shape): boolean {
  switch (shape.kind) {
    case 'date':
    case 'url':
    case 'bigint':
    case 'bigintLiteral':
    case 'bytes':
    case 'file':
    case 'map':
    case 'set':
    case 'undefined':
      return true;
    case 'tuple':
      return shape.elements.some(({ optional }) => optional) || childShapes(shape).some(differsByDirection);
    default:
      return childShapes(shape).some(differsByDirection);
  }
}
