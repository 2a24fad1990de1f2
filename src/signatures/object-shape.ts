import type { Property, Shape } from '../contract/signature.ts';
import { SymbolFlags, SyntaxKind, TypeFlags, type Node, type Type, type TypeSymbol } from './checker.ts';
import { applyTags } from './apply-tags.ts';
import type { ObjectMembers, TypedSymbol } from './checker-session.ts';
import { isHiddenMember, lacksType, ownDocCommentOf, writtenTypeOf } from './declarations.ts';
import { indexSignatures } from './index-signatures.ts';
import { isPackageFile, isStandardLibrary } from './library-files.ts';
import { errorShape } from './library-shape.ts';
import { ShapeProblem } from './shape-problem.ts';
import type { ShapeWalker } from './shape-walker.ts';
import { jsonMethodShape } from './json-method.ts';
import { isConstructor, isForeign } from './type-kinds.ts';

/** Properties cost more where nobody wrote them to be data. */
const packagePrice = 5;

/** Objects, interfaces, mapped types, and classes as data: their public fields. */
export function objectShape(walker: ShapeWalker, type: Type, path: string): Shape {
  const { session, direction } = walker;
  const symbol = type.getSymbol();
  if (isForeign(type, symbol)) {
    return (
      (direction === 'output' ? jsonMethodShape(walker, type, { path }) : undefined) ??
      walker.refuse(type, path)
    );
  }
  if (isConstructor(type, symbol)) return walker.refuse(type, path);
  const symbols = session.propertiesOf(type);
  const fromPackage = symbol?.declarations.some((handle) => isPackageFile(handle.path)) === true;
  if (!walker.spend(symbols.length * (fromPackage ? packagePrice : 1))) return walker.refuse(type, path);
  if (direction === 'output' && fromPackage && hasMethods(symbols)) {
    return jsonMethodShape(walker, type, { path }) ?? walker.refuse(type, path);
  }
  const members = session.members(type);
  const { properties, index, callSignatures } = members;
  if (callSignatures.length > 0) return walker.refuse(type, path);
  if (properties.length === 0 && index.length === 0 && isAnythingButNull(symbol)) return anythingButNull;
  if (direction === 'output') {
    const special = specialOutput(walker, type, { members, path });
    if (special !== undefined) return special;
  } else if (properties.some((property) => property.symbol.name === 'toJSON')) walker.noteDifference();
  const known = properties.flatMap((property) => propertyOf(walker, property, path) ?? []);
  const indexed = index.length === 0 ? [] : indexSignatures(walker, index, path);
  return { kind: 'object', properties: known, ...(indexed.length === 0 ? {} : { index: indexed }) };
}

/** `{}`, also what `unknown` is narrowed to: TypeScript takes any value there that is not null or undefined. */
function isAnythingButNull(symbol: TypeSymbol | undefined): boolean {
  return symbol === undefined || symbol.name === '__type';
}

const anythingButNull: Shape = {
  kind: 'union',
  members: [{ kind: 'string' }, { kind: 'number' }, { kind: 'boolean' }, { kind: 'anyObject' }],
};

/** An interface of a package that has methods stands for a class: more than data. */
function hasMethods(symbols: readonly TypeSymbol[]): boolean {
  return symbols.some(({ flags }) => (flags & SymbolFlags.Method) !== 0);
}

/** What is not sent as its properties: objects with `toJSON`, errors, and heirs of other library classes. */
function specialOutput(
  walker: ShapeWalker,
  type: Type,
  { members: { properties }, path }: { readonly members: ObjectMembers; readonly path: string },
): Shape | undefined {
  const json = jsonMethodShape(walker, type, { path, properties });
  if (json !== undefined) return json;
  const inherited = properties.filter(({ symbol }) =>
    symbol.declarations.some((declaration) => isStandardLibrary(declaration.path)),
  );
  if (inherited.some(({ symbol }) => symbol.name === 'stack')) return errorShape;
  return inherited.some(({ symbol }) => (symbol.flags & SymbolFlags.Method) !== 0)
    ? walker.refuse(type, path)
    : undefined;
}

function propertyOf(walker: ShapeWalker, { symbol, type }: TypedSymbol, path: string): Property | undefined {
  const { session } = walker;
  const handle = symbol.valueDeclaration ?? symbol.declarations[0];
  const { name } = symbol;
  const at = `${path}.${name}`;
  // Keyed by a symbol or private by `#`: nothing that JSON could carry.
  if (/^__[@#]/.test(name) || handle?.kind === SyntaxKind.MethodDeclaration) return undefined;
  const declaration = session.nodeOf(handle);
  if (isLeftOut(walker, { symbol, type }, declaration)) return undefined;
  const written = writtenTypeOf(declaration);
  if ((type.flags & TypeFlags.Any) !== 0 && !type.isErrorType() && lacksType(declaration)) {
    if (walker.direction === 'output') return { name, shape: { kind: 'unknown' }, optional: true };
    throw new ShapeProblem(`has no type; write '${name}: string' or whatever it is`, { path: at });
  }
  const found = walker.optionalShapeOf(type, at, written);
  const optional = found.optional || (symbol.flags & SymbolFlags.Optional) !== 0;
  const { description, tags } = ownDocCommentOf(declaration);
  if (tags.length === 0) {
    return { name, shape: found.shape, optional, ...(description === '' ? {} : { description }) };
  }
  const { definitions, warn } = walker;
  const { shape, about } = applyTags(found.shape, tags, { name, optional, definitions, warn });
  return { name, shape, optional, ...(description === '' ? {} : { description }), ...about };
}

/**
 * Accessors of classes are on the prototype, and so never in JSON; those of object literals are only
 * sent. Private and protected fields are sent, since they exist at run time, but never taken. A method
 * that an interface declares is not sent either.
 */
function isLeftOut(walker: ShapeWalker, { symbol }: TypedSymbol, declaration: Node | undefined): boolean {
  const isOutput = walker.direction === 'output';
  if ((symbol.flags & SymbolFlags.Method) !== 0) return isOutput;
  if ((symbol.flags & SymbolFlags.Accessor) !== 0) {
    const { kind } = (declaration?.parent ?? {}) as Partial<Node>;
    if (kind === SyntaxKind.ClassDeclaration || kind === SyntaxKind.ClassExpression) return true;
    if (declaration?.kind === SyntaxKind.SetAccessor || kind === SyntaxKind.ObjectLiteralExpression) {
      walker.noteDifference();
      return !isOutput;
    }
    return false;
  }
  if (!isHiddenMember(declaration)) return false;
  walker.noteDifference();
  return !isOutput;
}
