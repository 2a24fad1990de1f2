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
  const looked: Look[] = [];
  let level = roots;
  let left = roots.length * symbolsPerRoot;
  for (let depth = 0; depth < maxLevels && level.length > 0 && left > 0; depth += 1) {
    const looks = looksBelow(session, level, seen);
    looked.push(...looks);
    const symbols = looks.flatMap((look) => look.symbols);
    left -= symbols.length;
    level = left > 0 ? session.typed(symbols).map(({ type }) => type) : [];
  }
  session.together.ask(looked.map((look) => () => askMore(session, look)));
}

/** What a type is made of. */
interface Look {
  readonly type: Type;
  readonly types: readonly Type[];
  /** Properties of an author's object. */
  readonly symbols: readonly TypeSymbol[];
}

function looksBelow(session: CheckerSession, roots: readonly Type[], seen: Set<number>): readonly Look[] {
  const looks: Look[] = [];
  for (let wave = roots; wave.length > 0;) {
    const fresh = wave.filter(({ id }) => !seen.has(id) && seen.add(id));
    session.together.ask(fresh.map((type) => () => lookAt(session, type)));
    const found = fresh.map((type) => lookAt(session, type));
    looks.push(...found);
    wave = found.flatMap(({ types }) => types);
  }
  return looks;
}

function lookAt(session: CheckerSession, type: Type): Look {
  if (isPlainUnion(type) && (type.flags & TypeFlags.EnumLiteral) === 0)
    return { type, types: session.constituents(type), symbols: [] };
  if (!type.isObjectType()) return { type, types: [], symbols: [] };
  const name = standardName(type);
  if (name !== undefined && !generic.has(name)) return { type, types: [], symbols: [] };
  if (name !== undefined || tupleTargetOf(type) !== undefined)
    return { type, types: session.typeArguments(type), symbols: [] };
  const symbols = isAuthors(session, type.getSymbol()) ? session.propertiesOf(type) : [];
  return { type, types: [], symbols };
}

/** What whoever walks the type is about to ask for. */
function askMore(session: CheckerSession, { type, types, symbols }: Look): void {
  const alias = type.getAliasSymbol();
  if (
    types.some((member) => (member.flags & TypeFlags.Nullable) !== 0) &&
    types.length > 2 &&
    alias === undefined
  )
    session.nonNullableOf(type)?.getAliasSymbol();
  if (symbols.length > 0) session.members(type);
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
