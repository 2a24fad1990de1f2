import { TypeFlags, type Type } from './checker.ts';

const expected =
  'expected string, number, boolean, null, Date, literals, enums, arrays, tuples, objects, or unions of these';

const hints: Readonly<Record<string, string>> = {
  Map: 'use Record<string, …> instead',
  ReadonlyMap: 'use Record<string, …> instead',
  Set: 'use an array instead',
  ReadonlySet: 'use an array instead',
  Promise: 'take the value itself instead',
  Buffer: 'take a string, for example in base64, instead',
  Uint8Array: 'take a string, for example in base64, instead',
  URL: 'take a string instead',
  RegExp: 'take a string instead',
  bigint: 'take a string or a number instead',
};

/** Why a type cannot come from JSON, and what to write instead; to be put behind the parameter's name. */
export function unfitMessage(type: Type, printed: string): string {
  const generic = (type.flags & (TypeFlags.Instantiable & ~TypeFlags.TemplateLiteral)) !== 0;
  if (generic) return `has type '${printed}', which is not known here; replace the type parameter by a type`;
  const name = type.getSymbol()?.name ?? printed;
  const hint = Object.hasOwn(hints, name) ? hints[name] : undefined;
  return `has type '${printed}', which has no JSON form; ${hint ?? expected}`;
}
