import type { Shape } from '../contract/signature.ts';
import { TypeFlags, type Type } from './checker.ts';
import type { CheckerSession } from './checker-session.ts';

/**
 * The text that a template literal type or a string mapping such as `Uppercase<string>` accepts, or
 * undefined where a pattern cannot say it.
 */
export function templateShape(session: CheckerSession, type: Type): Shape | undefined {
  const source = textPattern(session, type);
  if (source === undefined) return undefined;
  return { kind: 'template', pattern: `^${source}$`, text: session.print(type) };
}

/** Source of a regular expression with the `u` flag, not anchored; a group where it needs one. */
export function textPattern(session: CheckerSession, type: Type): string | undefined {
  const { flags } = type;
  if ((flags & TypeFlags.String) !== 0 || (flags & TypeFlags.Any) !== 0) return '[\\s\\S]*';
  if ((flags & TypeFlags.Number) !== 0) return '-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?';
  if ((flags & TypeFlags.BigInt) !== 0) return '-?(?:0|[1-9]\\d*)';
  if ((flags & TypeFlags.Boolean) !== 0) return '(?:true|false)';
  if ((flags & TypeFlags.Null) !== 0) return 'null';
  if ((flags & TypeFlags.Undefined) !== 0) return 'undefined';
  if (type.isLiteralType()) return escapeText(String(type.value));
  if (type.isStringMappingType()) return mappedPattern(session, type);
  if (type.isTemplateLiteralType()) return joined(type.texts, session.constituents(type), session);
  if (type.isUnionType()) {
    const members = session.constituents(type).map((member) => textPattern(session, member));
    return members.includes(undefined) ? undefined : `(?:${members.join('|')})`;
  }
  if (!type.isIntersectionType()) return undefined;
  // A branded string: the brand is nothing that text could show.
  const value = session.constituents(type).find((member) => (member.flags & TypeFlags.Object) === 0);
  return value === undefined ? undefined : textPattern(session, value);
}

function joined(
  texts: readonly string[],
  types: readonly Type[],
  session: CheckerSession,
): string | undefined {
  let source = escapeText(texts[0] ?? '');
  for (const [at, type] of types.entries()) {
    const pattern = textPattern(session, type);
    if (pattern === undefined) return undefined;
    source += pattern + escapeText(texts[at + 1] ?? '');
  }
  return source;
}

/** Of all text only: of anything narrower, TypeScript has taken the known part out already. */
function mappedPattern(session: CheckerSession, type: Type & { getTarget(): Type }): string | undefined {
  if ((type.getTarget().flags & TypeFlags.String) === 0) return undefined;
  const name = type.getSymbol()?.name;
  return name === undefined || !Object.hasOwn(mappings, name) ? undefined : mappings[name];
}

/** "Changes when uppercased" is how Unicode puts what `toUpperCase` does. */
const mappings: Readonly<Record<string, string>> = {
  Uppercase: '\\P{CWU}*',
  Lowercase: '\\P{CWL}*',
  Capitalize: '(?:\\P{CWU}[\\s\\S]*)?',
  Uncapitalize: '(?:\\P{CWL}[\\s\\S]*)?',
};

function escapeText(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
