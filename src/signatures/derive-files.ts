import {
  isCallExpression,
  isIdentifier,
  isVariableDeclaration,
  SymbolFlags,
  type CallSignature,
  type Node,
  type Type,
  type TypeSymbol,
} from './checker.ts';
import type { CheckerSession } from './checker-session.ts';
import { importedName, parameterNames } from './declarations.ts';
import { deriveFunction } from './derive-function.ts';
import { prefetchTypes } from './prefetch-types.ts';
import { signatureText } from './signature-text.ts';
import type { DerivedFunction } from './signature-checker.ts';
import type { Warn } from './signature-warnings.ts';

export interface FileToDerive {
  readonly file: string;
  /** Exports that are endpoints whatever their type says. */
  readonly names: readonly string[];
  readonly dependencies: () => readonly string[];
  readonly warn: Warn;
}

interface Endpoint {
  readonly target: FileToDerive;
  readonly symbol: TypeSymbol;
  readonly callSignatures: readonly CallSignature[];
}

/**
 * Signatures of all exports that are endpoints, by export name, for each of the files. What can be asked
 * for together is asked for once for all files: that is why there are many.
 */
export function deriveFiles(
  session: CheckerSession,
  targets: readonly FileToDerive[],
): readonly Record<string, DerivedFunction>[] {
  session.together.forget();
  const endpoints = endpointsOf(session, targets);
  const signatures = endpoints.flatMap(({ callSignatures }) => callSignatures);
  const names = signatures.flatMap((one) => parameterNames(session.nodeOf(one.declaration)));
  session.meet(names);
  const parameters = session.typed(signatures.flatMap((one) => one.getParameters()));
  session.together.ask(signatures.map((one) => () => signatureText(session, one, [])));
  const returned = signatures.flatMap((one) => session.returnTypeOf(one) ?? []);
  prefetchTypes(session, [...parameters.map(({ type }) => type), ...returned]);
  const byTarget = new Map<FileToDerive, Endpoint[]>();
  for (const endpoint of endpoints) {
    byTarget.set(endpoint.target, [...(byTarget.get(endpoint.target) ?? []), endpoint]);
  }
  return targets.map((target) =>
    Object.fromEntries(
      (byTarget.get(target) ?? []).map((endpoint) => [
        endpoint.symbol.name,
        deriveEndpoint(session, endpoint),
      ]),
    ),
  );
}

function endpointsOf(session: CheckerSession, targets: readonly FileToDerive[]): readonly Endpoint[] {
  const { checker, program } = session.project;
  const sources = targets.flatMap((target) => {
    const source = program.getSourceFile(target.file);
    return source === undefined ? [] : [{ target, source }];
  });
  if (sources.length === 0) return [];
  const modules = checker.getSymbolAtLocation(sources.map(({ source }) => source));
  session.together.ask(
    modules.flatMap((module) => (module === undefined ? [] : [() => checker.getExportsOfModule(module)])),
  );
  const exported = sources.flatMap(({ target }, at) => {
    const module = modules[at];
    // A file without imports and exports is no module.
    if (module === undefined) return [];
    const symbols = checker.getExportsOfModule(module).filter((symbol) => mayBeValue(symbol));
    return symbols.map((symbol) => ({ target, symbol }));
  });
  const typed = new Map(
    session.typed(exported.map(({ symbol }) => symbol)).map(({ symbol, type }) => [symbol, type]),
  );
  const found = exported.flatMap(({ target, symbol }) => {
    const type = typed.get(symbol);
    return type === undefined ? [] : [{ target, symbol, type }];
  });
  const isWanted = ({ target, symbol, type }: (typeof found)[number]): boolean =>
    target.names.includes(symbol.name) || isMarkedHere(session, symbol) || isMarked(session, type);
  session.together.ask(found.map((one) => () => isWanted(one) && session.callSignaturesOf(one.type)));
  return found
    .filter(isWanted)
    .map(({ target, symbol, type }) => ({ target, symbol, callSignatures: session.callSignaturesOf(type) }));
}

function deriveEndpoint(
  session: CheckerSession,
  { target, symbol, callSignatures }: Endpoint,
): DerivedFunction {
  const derived = deriveFunction(session, {
    name: symbol.name,
    callSignatures,
    declaration: declarationOf(session, symbol),
    files: () => [target.file, ...target.dependencies()],
    warn: target.warn,
  });
  return atLeastIn(derived, target.file);
}

function mayBeValue(symbol: TypeSymbol): boolean {
  return (symbol.flags & (SymbolFlags.Value | SymbolFlags.Alias)) !== 0;
}

/** `export const f = apiFunction(…)`: seen without asking for the type's parts. */
function isMarkedHere(session: CheckerSession, symbol: TypeSymbol): boolean {
  const declaration = session.nodeOf(symbol.valueDeclaration);
  if (declaration === undefined || !isVariableDeclaration(declaration)) return false;
  const { type, initializer } = declaration;
  if (type !== undefined || initializer === undefined || !isCallExpression(initializer)) return false;
  const { expression } = initializer;
  if (!isIdentifier(expression)) return false;
  return importedName(declaration.getSourceFile(), 'api-deploy', expression.text) === 'apiFunction';
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
function declarationOf(session: CheckerSession, symbol: TypeSymbol): Node | undefined {
  const isAlias = (symbol.flags & SymbolFlags.Alias) !== 0;
  const origin = isAlias ? session.project.checker.getAliasedSymbol(symbol) : symbol;
  return session.nodeOf(origin.valueDeclaration ?? origin.declarations[0] ?? symbol.declarations[0]);
}

/** A problem without a place of its own is one of the file. */
function atLeastIn(derived: DerivedFunction, file: string): DerivedFunction {
  if (!('problem' in derived) || derived.problem.file !== '') return derived;
  return { problem: { ...derived.problem, file } };
}
