import { TypeFlags, type Type, type TypeSymbol } from './checker.ts';
import type { CheckerSession } from './checker-session.ts';
import { tupleTargetOf } from './tuple-shape.ts';
import { isPackageFile } from './library-files.ts';
import { isPlainUnion, standardName } from './type-kinds.ts';

/** Deeper types are asked for one by one, by whoever needs them. */
const maxLevels = 8;
/** For each type that is asked about; where there are more, whoever walks them has limits of its own. */
const symbolsPerRoot = 60;

/**
 * Asks for the types of properties level by level, for all of these types at once: each question
 * crosses to another process, and one for many costs as much as one for one.
 */
export function prefetchTypes(session: CheckerSession, roots: readonly Type[]): void {
  const seen = new Set<number>();
  let level = roots;
  let left = roots.length * symbolsPerRoot;
  for (let depth = 0; depth < maxLevels && level.length > 0 && left > 0; depth += 1) {
    const symbols = level.flatMap((type) => symbolsBelow(session, type, seen));
    left -= symbols.length;
    level = left > 0 ? session.typed(symbols).map(({ type }) => type) : [];
  }
}

/** Properties of the objects that a type is made of. */
function symbolsBelow(session: CheckerSession, root: Type, seen: Set<number>): readonly TypeSymbol[] {
  const symbols: TypeSymbol[] = [];
  // Grows while it is walked.
  const queue = [root];
  for (const type of queue) {
    if (seen.has(type.id)) continue;
    seen.add(type.id);
    if (isPlainUnion(type) && (type.flags & TypeFlags.EnumLiteral) === 0)
      queue.push(...session.constituents(type));
    if (!type.isObjectType()) continue;
    const name = standardName(type);
    if (name !== undefined && !generic.has(name)) continue;
    if (name !== undefined || tupleTargetOf(type) !== undefined) queue.push(...session.typeArguments(type));
    else if (isAuthors(session, type.getSymbol())) symbols.push(...session.propertiesOf(type));
  }
  return symbols;
}

/** Mapped types such as `Partial` are declared in the standard library, but made of what is given to them. */
function isAuthors(session: CheckerSession, symbol: TypeSymbol | undefined): boolean {
  if (symbol === undefined || symbol.name.startsWith('__')) return true;
  return !session.isOwnDeclaration(symbol) && !symbol.declarations.some(({ path }) => isPackageFile(path));
}

/** Types of the standard library that are looked into. */
const generic: ReadonlySet<string> = new Set([
  'Array',
  'ReadonlyArray',
  'Map',
  'ReadonlyMap',
  'Set',
  'ReadonlySet',
  'Promise',
  'AsyncGenerator',
  'AsyncIterable',
]);
