import { ObjectFlags, SymbolFlags, SyntaxKind, TypeFlags, type Type, type TypeSymbol } from './checker.ts';
import { isPackageFile, isStandardLibrary } from './library-files.ts';

/** `boolean` and enums with computed members are unions too, but simple ones. */
export function isPlainUnion(type: Type): boolean {
  return type.isUnionType() && (type.flags & TypeFlags.Boolean) === 0;
}

function isNamed(type: Type, names: readonly string[]): boolean {
  if (!type.isObjectType()) return false;
  const symbol = type.getSymbol();
  if (symbol === undefined || !names.includes(symbol.name)) return false;
  return symbol.declarations.some(({ path }) => isStandardLibrary(path));
}

export function isDate(type: Type): boolean {
  return isNamed(type, ['Date']);
}

export function isListType(type: Type): boolean {
  return isNamed(type, ['Array', 'ReadonlyArray']) && type.isTypeReference();
}

/** `typeof SomeClass` or `new () => …`. */
export function isConstructor(type: Type, symbol: TypeSymbol | undefined): boolean {
  if (symbol === undefined || !type.isObjectType()) return false;
  if ((symbol.flags & SymbolFlags.Class) !== 0 && (type.objectFlags & ObjectFlags.Anonymous) !== 0)
    return true;
  return symbol.declarations.some(({ kind }) => kind === SyntaxKind.ConstructorType);
}

export function isClassMember(kind: SyntaxKind | undefined): boolean {
  return (
    kind === SyntaxKind.PropertyDeclaration ||
    kind === SyntaxKind.Parameter ||
    kind === SyntaxKind.GetAccessor ||
    kind === SyntaxKind.SetAccessor
  );
}

/** A class or interface of the standard library, or a class of a package: more than data. */
export function isForeign(type: Type, symbol: TypeSymbol | undefined): boolean {
  if (symbol === undefined || (symbol.flags & (SymbolFlags.Class | SymbolFlags.Interface)) === 0)
    return false;
  if (!type.isObjectType()) return false;
  const isClass = (symbol.flags & SymbolFlags.Class) !== 0;
  return symbol.declarations.some(({ path }) => isStandardLibrary(path) || (isClass && isPackageFile(path)));
}
