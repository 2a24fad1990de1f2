import type { Shape } from '../contract/signature.ts';
import { SymbolFlags, TypeFlags, type Node, type Type, type TypeSymbol } from './checker.ts';
import { isLibraryValue } from './library-shape.ts';
import { objectShape } from './object-shape.ts';
import type { ShapeWalker } from './shape-walker.ts';
import { tupleTargetOf } from './tuple-shape.ts';
import { isForeign, isUndefined } from './type-kinds.ts';
import { unionShape } from './union-shape.ts';

/**
 * `User | undefined` is no type of its own, but `User`. And `Status | null` has lost the name of `Status`;
 * without its null, the checker finds it again. Undefined when the union is all that there is.
 */
export function plainerUnion(
  walker: ShapeWalker,
  type: Type,
  { path, written }: { readonly path: string; readonly written: Node | undefined },
): Shape | undefined {
  const members = walker.session.constituents(type);
  const values = members.filter((member) => !isUndefined(member));
  const [only] = values;
  if (only !== undefined && values.length === 1) return walker.shapeOf(only, path, written);
  const others = values.filter((member) => !isNull(member));
  const plain = others.every((member) => (member.flags & TypeFlags.BooleanLiteral) !== 0);
  if (plain || others.length === members.length || others.length < 2) return undefined;
  if (type.getAliasSymbol() !== undefined) return undefined;
  const rest = walker.session.nonNullableOf(type);
  if (rest === undefined || rest.id === type.id || rest.getAliasSymbol() === undefined) return undefined;
  const shape = walker.shapeOf(rest, path, written);
  return values.some((member) => isNull(member)) ? unionShape([shape, { kind: 'null' }]) : shape;
}

function isNull(type: Type): boolean {
  return (type.flags & TypeFlags.Null) !== 0;
}

export function unionMembersShape(walker: ShapeWalker, type: Type, path: string): Shape {
  const members = walker.session.constituents(type).filter((member) => !isUndefined(member));
  const isEnum = (type.flags & TypeFlags.EnumLiteral) !== 0;
  return unionShape(
    (isEnum ? members : withWholeEnums(walker, members)).map((member) => walker.shapeOf(member, path)),
  );
}

/** `Color | string[]` is given with each colour as a member: all of one enum are the enum again. */
function withWholeEnums(walker: ShapeWalker, members: readonly Type[]): readonly Type[] {
  const byEnum = new Map<TypeSymbol, Type[]>();
  for (const member of members) {
    if ((member.flags & TypeFlags.EnumLiteral) === 0) continue;
    const parent = member.getSymbol()?.getParent();
    if (parent !== undefined) byEnum.set(parent, [...(byEnum.get(parent) ?? []), member]);
  }
  const whole = [...byEnum].filter(
    ([symbol, found]) => found.length > 1 && found.length === enumMembersOf(symbol).length,
  );
  const inside = new Set(whole.flatMap(([, found]) => found));
  const { checker } = walker.session.project;
  const enums = whole.map(([symbol]) => checker.getDeclaredTypeOfSymbol(symbol));
  return [...members.filter((member) => !inside.has(member)), ...enums];
}

function enumMembersOf(symbol: TypeSymbol): readonly TypeSymbol[] {
  return [...symbol.getExports().values()].filter(({ flags }) => (flags & SymbolFlags.EnumMember) !== 0);
}

/** `string & { __brand: 'Id' }` is a string in JSON; objects are taken together. */
export function intersectionShape(walker: ShapeWalker, type: Type, path: string): Shape {
  const members = walker.session.constituents(type);
  const value = members.find((member) => (member.flags & (TypeFlags.Object | TypeFlags.NonPrimitive)) === 0);
  const carrier =
    value ?? members.find((member) => isLibraryValue(member) || tupleTargetOf(member) !== undefined);
  if (carrier !== undefined) return walker.shapeOf(carrier, path);
  const foreign = members.find((member) => isForeign(member, member.getSymbol()));
  return foreign === undefined ? objectShape(walker, type, path) : walker.refuse(foreign, path);
}
