import type { Shape } from '../contract/signature.ts';
import { childShapes } from '../signatures/child-shapes.ts';

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
