import type { CallSignature, ParameterDeclaration, Type } from './checker.ts';
import { isParameterDeclaration, SymbolFlags } from './checker.ts';
import type { CheckerSession } from './checker-session.ts';

/** One parameter of a function, as its declaration and its type say. */
export interface CallParameter {
  readonly name: string;
  readonly type: Type;
  readonly declaration: ParameterDeclaration | undefined;
  readonly optional: boolean;
  readonly rest: boolean;
  /** Of the runtime's own type `CallContext`. */
  readonly context: boolean;
}

export function callParameters(session: CheckerSession, signature: CallSignature): readonly CallParameter[] {
  const symbols = signature.getParameters();
  return session.typed(symbols).map(({ symbol, type }, at): CallParameter => {
    const node = session.nodeOf(symbol.valueDeclaration);
    const declaration = node !== undefined && isParameterDeclaration(node) ? node : undefined;
    return {
      name: symbol.name,
      type,
      declaration,
      optional:
        declaration?.questionToken !== undefined ||
        declaration?.initializer !== undefined ||
        (symbol.flags & SymbolFlags.Optional) !== 0,
      rest:
        declaration?.dotDotDotToken !== undefined ||
        (signature.hasRestParameter && at === symbols.length - 1),
      context: isContext(session, type),
    };
  });
}

function isContext(session: CheckerSession, type: Type): boolean {
  return session.constituents(type).some((member) => {
    if (!member.isObjectType()) return false;
    const symbol = member.getSymbol();
    return symbol?.name === 'CallContext' && session.isOwnDeclaration(symbol);
  });
}
