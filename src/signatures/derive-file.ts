import { SignatureKind, SymbolFlags, type Type, type TypeSymbol } from './checker.ts';
import type { CheckerSession } from './checker-session.ts';
import { deriveFunction } from './derive-function.ts';
import type { DerivedFunction } from './signature-checker.ts';

export interface FileToDerive {
  readonly file: string;
  /** Exports that are endpoints whatever their type says. */
  readonly names: readonly string[];
  readonly dependencies: () => readonly string[];
}

/** Signatures of all exports of one file that are endpoints, by export name. */
export function deriveFile(session: CheckerSession, target: FileToDerive): Record<string, DerivedFunction> {
  const { checker, program } = session.project;
  const source = program.getSourceFile(target.file);
  const moduleSymbol = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  // A file without imports and exports is no module, and one that is not there has no source.
  if (moduleSymbol === undefined) return {};
  const exported = checker.getExportsOfModule(moduleSymbol).filter((symbol) => mayBeValue(symbol));
  const endpoints = session
    .typed(exported)
    .filter(({ symbol, type }) => target.names.includes(symbol.name) || isMarked(session, type))
    .map(({ symbol, type }) => ({
      symbol,
      callSignatures: checker.getSignaturesOfType(type, SignatureKind.Call),
    }));
  // All at once: one by one they are asked for later, and then known already.
  session.typed(
    endpoints.flatMap(({ callSignatures }) => callSignatures.flatMap((one) => one.getParameters())),
  );
  const functions = endpoints.map(({ symbol, callSignatures }): [string, DerivedFunction] => {
    const derived = deriveFunction(session, {
      name: symbol.name,
      callSignatures,
      declaration: declarationOf(session, symbol),
      files: () => [target.file, ...target.dependencies()],
    });
    return [symbol.name, atLeastIn(derived, target.file)];
  });
  return Object.fromEntries(functions);
}

function mayBeValue(symbol: TypeSymbol): boolean {
  return (symbol.flags & (SymbolFlags.Value | SymbolFlags.Alias)) !== 0;
}

/** Carries the mark of `apiFunction`; it comes last in the intersection, so that end is looked at first. */
function isMarked(session: CheckerSession, type: Type): boolean {
  if (!type.isIntersectionType()) return false;
  return session
    .constituents(type)
    .toReversed()
    .some((member) => {
      const symbol = member.getSymbol();
      return symbol?.name === 'ApiFunctionBrand' && session.isOwnDeclaration(symbol);
    });
}

/** Where the value is declared, through `export { f } from …` and `import`s. */
function declarationOf(session: CheckerSession, symbol: TypeSymbol): ReturnType<CheckerSession['nodeOf']> {
  const isAlias = (symbol.flags & SymbolFlags.Alias) !== 0;
  const origin = isAlias ? session.project.checker.getAliasedSymbol(symbol) : symbol;
  return session.nodeOf(origin.valueDeclaration ?? origin.declarations[0] ?? symbol.declarations[0]);
}

/** A problem without a place of its own is one of the file. */
function atLeastIn(derived: DerivedFunction, file: string): DerivedFunction {
  if (!('problem' in derived) || derived.problem.file !== '') return derived;
  return { problem: { ...derived.problem, file } };
}
