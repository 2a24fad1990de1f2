import {
  isBindingElement,
  isIdentifier,
  isImportDeclaration,
  isNamedImports,
  isNumericLiteral,
  isObjectBindingPattern,
  isParameterDeclaration,
  isPrefixUnaryExpression,
  isPropertyDeclaration,
  isPropertySignatureDeclaration,
  isStringLiteralLikeNode,
  ModifierFlags,
  SyntaxKind,
  type Node,
  type ParameterDeclaration,
  type SourceFile,
} from './checker.ts';
import { emptyDocComment, parseDocComment, type DocComment } from './doc-comments.ts';
import { placeAt } from './place.ts';

export type LiteralValue = string | number | boolean | null;

/** The doc comment of a declaration, or of the statement that it is part of. */
export function docCommentOf(declaration: Node | undefined): DocComment {
  for (let node = declaration; node !== undefined; node = node.parent as Node | undefined) {
    const comment = ownDocCommentOf(node);
    if (comment !== emptyDocComment) return comment;
    if (enclosing.has(node.kind)) break;
  }
  return emptyDocComment;
}

/** The doc comment right before a declaration; of several the last one counts. */
export function ownDocCommentOf(declaration: Node | undefined): DocComment {
  if (declaration === undefined || declaration.kind === SyntaxKind.SourceFile) return emptyDocComment;
  let known = docComments.get(declaration);
  if (known === undefined) {
    known = readDocComment(declaration);
    docComments.set(declaration, known);
  }
  return known;
}

/** Nodes stay the same as long as their file does. */
const docComments = new WeakMap<Node, DocComment>();

/** From the text: the checker hands out comments as nodes for statements only. */
function readDocComment(declaration: Node): DocComment {
  const source = declaration.getSourceFile();
  const before = source.text.slice(declaration.pos, declaration.getStart(source));
  const comments = [...before.matchAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g)];
  const comment = comments.findLast(([text]) => /^\/\*\*(?!\/)/.test(text));
  if (comment === undefined) return emptyDocComment;
  const start = declaration.pos + comment.index;
  return parseDocComment(comment[0], (offset) => placeAt(source, start + offset));
}

const enclosing: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.SourceFile,
  SyntaxKind.Block,
  SyntaxKind.ModuleBlock,
  SyntaxKind.VariableStatement,
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.ExportAssignment,
  SyntaxKind.ExportDeclaration,
  SyntaxKind.PropertySignature,
  SyntaxKind.PropertyDeclaration,
  SyntaxKind.PropertyAssignment,
  SyntaxKind.ShorthandPropertyAssignment,
  SyntaxKind.MethodDeclaration,
  SyntaxKind.Parameter,
  SyntaxKind.MappedType,
]);

/** `any` that nobody wrote: a parameter or property without a type, an initializer or anything else to infer it from. */
export function lacksType(declaration: Node | undefined): boolean {
  if (declaration === undefined) return false;
  const typed =
    isParameterDeclaration(declaration) ||
    isPropertyDeclaration(declaration) ||
    isPropertySignatureDeclaration(declaration);
  if (typed) {
    const { type, initializer } = declaration as { type?: Node; initializer?: Node };
    return type === undefined && initializer === undefined;
  }
  return isBindingElement(declaration) && declaration.initializer === undefined;
}

/** Private, protected and `#` members are no data. */
export function isHiddenMember(declaration: Node | undefined): boolean {
  if (declaration === undefined) return false;
  const { modifierFlags = 0, name } = declaration as { modifierFlags?: number; name?: Node };
  const hidden = (modifierFlags & (ModifierFlags.Private | ModifierFlags.Protected)) !== 0;
  return hidden || name?.kind === SyntaxKind.PrivateIdentifier;
}

/** A literal's value, or undefined for any other expression. */
export function literalValueOf(expression: Node | undefined): LiteralValue | undefined {
  if (expression === undefined) return undefined;
  if (isStringLiteralLikeNode(expression)) return expression.text;
  if (isNumericLiteral(expression)) return Number(expression.text);
  if (isPrefixUnaryExpression(expression)) {
    const operand = literalValueOf(expression.operand);
    if (typeof operand !== 'number') return undefined;
    if (expression.operator === SyntaxKind.MinusToken) return -operand;
    return expression.operator === SyntaxKind.PlusToken ? operand : undefined;
  }
  if (expression.kind === SyntaxKind.TrueKeyword) return true;
  if (expression.kind === SyntaxKind.FalseKeyword) return false;
  return expression.kind === SyntaxKind.NullKeyword ? null : undefined;
}

/** Defaults of `({ limit = 10 }) => …` by property; properties without a default are there with undefined. */
export function destructuredDefaults(
  parameter: ParameterDeclaration,
): ReadonlyMap<string, LiteralValue | undefined> {
  const defaults = new Map<string, LiteralValue | undefined>();
  if (!isObjectBindingPattern(parameter.name)) return defaults;
  for (const element of parameter.name.elements) {
    if (!isBindingElement(element) || element.dotDotDotToken !== undefined) continue;
    const key = element.propertyName ?? element.name;
    if (key !== undefined && (isIdentifier(key) || isStringLiteralLikeNode(key))) {
      defaults.set(key.text, literalValueOf(element.initializer));
    }
  }
  return defaults;
}

/** Names that `({ id, limit = 10, ...rest }) => …` binds, as they are called outside. */
export function destructuredNames(parameter: ParameterDeclaration): readonly string[] {
  if (!isObjectBindingPattern(parameter.name)) return [];
  return parameter.name.elements.flatMap((element) => {
    if (!isBindingElement(element)) return [];
    const key = (element.propertyName ?? element.name)?.getText().trim() ?? '';
    return [element.dotDotDotToken === undefined ? key : `...${key}`];
  });
}

/** The type as the author wrote it, on one line; undefined when there is none, or one with comments in it. */
export function annotationOf(declaration: Node | undefined): string | undefined {
  const type = (declaration as { type?: Node } | undefined)?.type;
  if (type === undefined) return undefined;
  const text = type.getText().trim();
  if (/\/[/*]/.test(text)) return undefined;
  return text.replace(/\s+/g, ' ');
}

/** The type that a parameter or a property is declared with. */
export function writtenTypeOf(declaration: Node | undefined): Node | undefined {
  return (declaration as { readonly type?: Node } | undefined)?.type;
}

interface TypeNode extends Node {
  readonly typeName?: Node;
  readonly typeArguments?: readonly Node[];
}

/** The declared type of what a function gives back, `Promise` taken off. */
export function writtenReturnOf(declaration: Node | undefined): Node | undefined {
  const written: TypeNode | undefined = writtenTypeOf(declaration);
  const { typeName } = written ?? {};
  const isPromise =
    typeName !== undefined && isIdentifier(typeName) && /^Promise(?:Like)?$/.test(typeName.text);
  return isPromise ? written?.typeArguments?.[0] : written;
}

/** Names of a function's parameters; one that is taken apart has none. */
export function parameterNames(declaration: Node | undefined): readonly Node[] {
  const { parameters = [] } = (declaration ?? {}) as {
    readonly parameters?: readonly ParameterDeclaration[];
  };
  return parameters.flatMap(({ name }) => (isIdentifier(name) ? [name] : []));
}

/** What `local` is called in the package that a file imports it from; undefined when it does not. */
export function importedName(source: SourceFile, from: string, local: string): string | undefined {
  for (const statement of source.statements) {
    if (!isImportDeclaration(statement)) continue;
    const { moduleSpecifier, importClause } = statement;
    if (!isStringLiteralLikeNode(moduleSpecifier) || moduleSpecifier.text !== from) continue;
    const bindings = importClause?.namedBindings;
    if (bindings === undefined || !isNamedImports(bindings)) continue;
    const found = bindings.elements.find((element) => element.name.text === local);
    if (found !== undefined) return (found.propertyName ?? found.name).text;
  }
  return undefined;
}
