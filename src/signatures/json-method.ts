import type { Shape } from '../contract/signature.ts';
import { SignatureKind, SymbolFlags, type Type } from './checker.ts';
import type { TypedSymbol } from './checker-session.ts';
import type { ShapeWalker } from './shape-walker.ts';
import { standardName } from './type-kinds.ts';

/**
 * What an object's `toJSON()` makes of it; undefined when it has none, or one that returns the object
 * itself. `properties`, when they are known already, save a question.
 */
export function jsonMethodShape(
  walker: ShapeWalker,
  type: Type,
  { path, properties }: { readonly path: string; readonly properties?: readonly TypedSymbol[] },
): Shape | undefined {
  const { session } = walker;
  const { checker } = session.project;
  // Those of the standard library are known by name.
  if (standardName(type) !== undefined) return undefined;
  const symbol =
    properties === undefined
      ? checker.getPropertyOfType(type, 'toJSON')
      : properties.find((property) => property.symbol.name === 'toJSON')?.symbol;
  if (symbol === undefined || (symbol.flags & (SymbolFlags.Method | SymbolFlags.Property)) === 0)
    return undefined;
  const [typed] = session.typed([symbol]);
  const [signature] = typed === undefined ? [] : checker.getSignaturesOfType(typed.type, SignatureKind.Call);
  const returned = signature === undefined ? undefined : session.returnTypeOf(signature);
  if (returned === undefined || returned.id === type.id) return undefined;
  return walker.elementShapeOf(returned, path);
}
