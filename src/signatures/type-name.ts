import { isIdentifier, SymbolFlags, SyntaxKind, type Node, type Type, type TypeSymbol } from './checker.ts';
import type { CheckerSession } from './checker-session.ts';
import { isPackageFile, isStandardLibrary } from './library-files.ts';

export interface TypeName {
  /** Fit for a component's name in OpenAPI. */
  readonly name: string;
  readonly declaration: Node | undefined;
}

const longest = 60;

/**
 * The name of an interface, alias, enum or class that the author declared. An instance of a generic one
 * is named with its arguments: `Page_User` for `Page<User>`.
 *
 * `written`: the type where it is used, which still knows an alias that the checker has resolved.
 */
export function typeNameOf(
  session: CheckerSession,
  type: Type,
  written: Node | undefined,
): TypeName | undefined {
  const alias = type.getAliasSymbol();
  if (alias !== undefined && isAuthors(session, alias)) {
    return named(session, alias, type.getAliasTypeArguments().length > 0 ? type : undefined);
  }
  const symbol = type.getSymbol();
  if (symbol === undefined || symbol.name.startsWith('__')) return writtenName(session, type, written);
  if ((symbol.flags & nameable) === 0 || !isAuthors(session, symbol)) return undefined;
  const generic = type.isTypeReference() && type.getTarget().id !== type.id;
  return named(session, symbol, generic ? type : undefined);
}

const nameable = SymbolFlags.Class | SymbolFlags.Interface | SymbolFlags.Enum;

function isAuthors(session: CheckerSession, symbol: TypeSymbol): boolean {
  return (
    symbol.declarations.length > 0 &&
    !session.isOwnDeclaration(symbol) &&
    !symbol.declarations.some(({ path }) => isPackageFile(path) || isStandardLibrary(path))
  );
}

/** `generic`: the instance, whose arguments are part of the name. */
function named(session: CheckerSession, symbol: TypeSymbol, generic: Type | undefined): TypeName {
  const declaration = session.nodeOf(symbol.declarations[0]);
  const own = symbol.name === 'default' ? declaredName(declaration) : symbol.name;
  return { name: fitName(generic === undefined ? own : session.print(generic)), declaration };
}

function declaredName(declaration: Node | undefined): string {
  const { name } = (declaration ?? {}) as { readonly name?: Node };
  return name !== undefined && isIdentifier(name) ? name.text : 'Default';
}

/** `type User = z.infer<typeof user>` gives a type without a name; `user: User` still says it. */
function writtenName(session: CheckerSession, type: Type, written: Node | undefined): TypeName | undefined {
  if (written?.kind !== SyntaxKind.TypeReference) return undefined;
  if (!type.isObjectType() && !type.isUnionType() && !type.isIntersectionType()) return undefined;
  const { typeName, typeArguments } = written as Node & {
    readonly typeName: Node;
    readonly typeArguments?: readonly Node[];
  };
  if (!isIdentifier(typeName) || (typeArguments?.length ?? 0) > 0) return undefined;
  const { checker } = session.project;
  const found = checker.getSymbolAtLocation(typeName);
  const symbol =
    found !== undefined && (found.flags & SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(found) : found;
  if (symbol === undefined || (symbol.flags & SymbolFlags.TypeAlias) === 0 || !isAuthors(session, symbol))
    return undefined;
  return named(session, symbol, undefined);
}

/** Only letters, digits, `_`, `.` and `-` may stand in a component's name. */
export function fitName(printed: string): string {
  const name = printed
    .replaceAll('[]', 'List')
    .replace(/import\("[^"]*"\)\./g, '')
    .replace(/[^\w.-]+/g, '_')
    // Also keeps `__proto__` out.
    .replace(/^_+|_+$/g, '')
    .slice(0, longest);
  return name === '' ? 'Type' : name;
}
