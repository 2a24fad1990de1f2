import type { Node } from 'acorn';
import { extended, meaningOf, type Bindings, type Meaning } from './meaning.ts';

/** `const data = pm.response.json()`: whether every name in it now stands for something known. */
export function bindDeclaration(statement: Node, bindings: Bindings): boolean {
  const { declarations } = statement as Node & { declarations: (Node & { id: Node; init?: Node | null })[] };
  let all = true;
  for (const { id, init } of declarations) {
    // `let x;` says nothing yet.
    if (init === null || init === undefined) continue;
    all = bindPattern(id, meaningOf(init, bindings), bindings) && all;
  }
  return all;
}

export function bindPattern(target: Node, meaning: Meaning | undefined, bindings: Bindings): boolean {
  if (target.type === 'Identifier') {
    const { name } = target as Node & { name: string };
    if (meaning === undefined) bindings.delete(name);
    else bindings.set(name, meaning);
    return meaning !== undefined;
  }
  if (target.type !== 'ObjectPattern' || meaning === undefined) return false;
  const { properties } = target as Node & {
    properties: (Node & { key?: Node; value?: Node; computed?: boolean })[];
  };
  let all = true;
  for (const { type, key, value, computed } of properties) {
    const name = key?.type === 'Identifier' ? (key as Node & { name: string }).name : undefined;
    if (type !== 'Property' || computed === true || name === undefined || value === undefined) return false;
    all = bindPattern(value, extended(meaning, [{ name }]), bindings) && all;
  }
  return all;
}

/** Lets go of names that a statement which was not understood gives another value. */
export function forgetChanged(bindings: Bindings, source: string): void {
  for (const name of bindings.keys()) {
    const escaped = name.replaceAll('$', String.raw`\$`);
    const changed = new RegExp(
      String.raw`(?<![\w$.])${escaped}(?![\w$])[^;\n=!<>]*(?:=(?![=>])|\+\+|--|\.(?:push|pop|shift|unshift|splice|sort|reverse)\()`,
    );
    if (changed.test(source)) bindings.delete(name);
  }
}
