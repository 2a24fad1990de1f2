import type { CallSignature, Type } from './checker.ts';
import { isObjectBindingPattern } from './checker.ts';
import type { CheckerSession } from './checker-session.ts';
import { annotationOf, destructuredNames } from './declarations.ts';
import type { CallParameter } from './call-parameters.ts';
import { isUndefined } from './type-kinds.ts';

/** `(name?: string, ...tags: string[]) => Promise<Order>`, as people would write it, without the context. */
export function signatureText(
  session: CheckerSession,
  signature: CallSignature,
  parameters: readonly CallParameter[],
): string {
  const declaration = session.nodeOf(signature.declaration);
  // The types of a generic function's declaration are not those of its use.
  const own = signature.target === undefined && (signature.typeParameters ?? []).length === 0;
  const list = parameters.map((parameter) => parameterText(session, parameter, own));
  return `(${list.join(', ')}) => ${returnText(session, signature, own ? annotationOf(declaration) : undefined)}`;
}

function parameterText(session: CheckerSession, parameter: CallParameter, own: boolean): string {
  const { declaration, rest, optional, type } = parameter;
  const pattern = declaration !== undefined && isObjectBindingPattern(declaration.name);
  const name = pattern ? `{ ${destructuredNames(declaration).join(', ')} }` : parameter.name;
  const text =
    (own ? annotationOf(declaration) : undefined) ?? session.print(withoutUndefined(session, type, optional));
  return `${rest ? '...' : ''}${name}${optional && !rest ? '?' : ''}: ${text}`;
}

/** `name?: string` reads better than `name?: string | undefined`; of two types only one is left to print. */
function withoutUndefined(session: CheckerSession, type: Type, optional: boolean): Type {
  if (!optional || !type.isUnionType()) return type;
  const values = session.constituents(type).filter((member) => !isUndefined(member));
  const [only] = values;
  if (only !== undefined && values.length === 1) return only;
  return session.nonNullableOf(type) ?? type;
}

function returnText(session: CheckerSession, signature: CallSignature, written: string | undefined): string {
  if (written !== undefined) return written;
  const type = session.returnTypeOf(signature);
  return type === undefined ? 'unknown' : session.print(type);
}
