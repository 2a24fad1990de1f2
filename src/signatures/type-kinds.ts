import { ObjectFlags, SymbolFlags, SyntaxKind, TypeFlags, type Type, type TypeSymbol } from './checker.ts';
import { isPackageFile, isStandardLibrary } from './library-files.ts';

/** `boolean` and enums with computed members are unions too, but simple ones. */
export function isPlainUnion(type: Type): boolean {
  return type.isUnionType() && (type.flags & TypeFlags.Boolean) === 0;
}

export function isUndefined(type: Type): boolean {
  return (type.flags & TypeFlags.VoidLike) !== 0;
}

/** The name of a class or interface of the standard library. */
export function standardName(type: Type): string | undefined {
  if (!type.isObjectType()) return undefined;
  const symbol = type.getSymbol();
  if (symbol === undefined || (symbol.flags & (SymbolFlags.Class | SymbolFlags.Interface)) === 0)
    return undefined;
  return symbol.declarations.some(({ path }) => isStandardLibrary(path)) ? symbol.name : undefined;
}

/** `typeof SomeClass` or `new () => …`. */
export function isConstructor(type: Type, symbol: TypeSymbol | undefined): boolean {
  if (symbol === undefined || !type.isObjectType()) return false;
  if ((symbol.flags & SymbolFlags.Class) !== 0 && (type.objectFlags & ObjectFlags.Anonymous) !== 0)
    return true;
  return symbol.declarations.some(({ kind }) => kind === SyntaxKind.ConstructorType);
}

/** A class or interface of the standard library, or a class of a package: more than data. */
export function isForeign(type: Type, symbol: TypeSymbol | undefined): boolean {
  if (symbol === undefined || (symbol.flags & (SymbolFlags.Class | SymbolFlags.Interface)) === 0)
    return false;
  if (!type.isObjectType()) return false;
  const isClass = (symbol.flags & SymbolFlags.Class) !== 0;
  return symbol.declarations.some(({ path }) => isStandardLibrary(path) || (isClass && isPackageFile(path)));
}
