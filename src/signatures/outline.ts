import type { Bodies } from './body-edit.ts';
import { SyntaxKind, type Node, type SourceFile } from './checker.ts';

export interface Outline {
  /** The file's text without the bodies. */
  readonly text: string;
  readonly bodies: Bodies;
}

/**
 * A file's text without the bodies of its functions: as long as it stays the same, what its functions take
 * has not changed. Undefined where a parameter's type may hang on a body: through `typeof`, or through the
 * value that a parameter or a field starts with.
 */
export function outlineOf(file: SourceFile): Outline | undefined {
  const { text } = file;
  let outline = '';
  let end = 0;
  const bodies: number[] = [];
  let hangsOnBodies = false;

  function visit(node: Node): void {
    if (hangsOnBodies) return;
    if (takesTypeFromValue(node)) hangsOnBodies = true;
    const { type } = node as unknown as Parts;
    // Whatever a parameter with a written type is taken apart into, or starts with, changes nothing about it.
    if (node.kind === SyntaxKind.Parameter && type !== undefined) {
      visit(type);
      return;
    }
    const body = bodyOf(node);
    node.forEachChild((child) => {
      if (child !== body) {
        visit(child);
        return;
      }
      outline += text.slice(end, body.pos);
      bodies.push(body.pos, body.end);
      end = body.end;
    });
  }

  visit(file);
  return hangsOnBodies ? undefined : { text: outline + text.slice(end), bodies };
}

const functions: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.FunctionExpression,
  SyntaxKind.ArrowFunction,
  SyntaxKind.MethodDeclaration,
  SyntaxKind.Constructor,
  SyntaxKind.GetAccessor,
  SyntaxKind.SetAccessor,
]);

interface Parts {
  readonly body?: Node | undefined;
  readonly type?: Node | undefined;
  readonly initializer?: Node | undefined;
}

function bodyOf(node: Node): Node | undefined {
  return functions.has(node.kind) ? (node as unknown as Parts).body : undefined;
}

function takesTypeFromValue(node: Node): boolean {
  if (node.kind === SyntaxKind.TypeQuery) return true;
  const isTyped = node.kind === SyntaxKind.Parameter || node.kind === SyntaxKind.PropertyDeclaration;
  if (!isTyped && node.kind !== SyntaxKind.BindingElement) return false;
  const { type, initializer } = node as unknown as Parts;
  return type === undefined && initializer !== undefined && !literals.has(initializer.kind);
}

const literals: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.StringLiteral,
  SyntaxKind.NoSubstitutionTemplateLiteral,
  SyntaxKind.NumericLiteral,
  SyntaxKind.PrefixUnaryExpression,
  SyntaxKind.TrueKeyword,
  SyntaxKind.FalseKeyword,
  SyntaxKind.NullKeyword,
]);
