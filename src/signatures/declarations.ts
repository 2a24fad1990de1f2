import {
  isBindingElement,
  isIdentifier,
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
} from './checker.ts';
import { emptyDocComment, parseDocComment, type DocComment } from './doc-comments.ts';

export interface Place {
  readonly file: string;
  /** 1-based, like the column. */
  readonly line: number;
  readonly column: number;
}

export type LiteralValue = string | number | boolean | null;

export function placeOf(node: Node): Place {
  const source = node.getSourceFile();
  const { line, character } = source.getLineAndCharacterOfPosition(node.getStart(source));
  return { file: source.fileName, line: line + 1, column: character + 1 };
}

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
  // From the text: the checker hands out comments as nodes for statements only.
  const source = declaration.getSourceFile();
  const before = source.text.slice(declaration.pos, declaration.getStart(source));
  const comments = before.match(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g) ?? [];
  const comment = comments.findLast((text) => /^\/\*\*(?!\/)/.test(text));
  return comment === undefined ? emptyDocComment : parseDocComment(comment);
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
