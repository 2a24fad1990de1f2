import { TypeFlags, type Type } from './checker.ts';

const expected =
  'expected string, number, bigint, boolean, null, Date, URL, Uint8Array, File, Map, Set, literals, enums, arrays, tuples, objects, or unions of these';

const hints: Readonly<Record<string, string>> = {
  WeakMap: 'use Map instead',
  WeakSet: 'use Set instead',
  Promise: 'take the value itself instead',
  PromiseLike: 'take the value itself instead',
  RegExp: "take the pattern's text as a string instead",
  Error: 'take its message as a string instead',
  ArrayBuffer: 'use Uint8Array instead',
  SharedArrayBuffer: 'use Uint8Array instead',
  DataView: 'use Uint8Array instead',
  ReadableStream: 'use File instead',
  Readable: 'use File instead',
  FormData: 'take its fields as parameters, files as File, instead',
  AsyncIterable: 'use an array instead',
  AsyncGenerator: 'use an array instead',
  Iterable: 'use an array instead',
  Generator: 'use an array instead',
  String: "write 'string' instead",
  Number: "write 'number' instead",
  Boolean: "write 'boolean' instead",
  BigInt: "write 'bigint' instead",
};

/** Why a type cannot come from JSON, and what to write instead; to be put behind the parameter's name. */
export function unfitMessage(type: Type, printed: string): string {
  if (type.isTypeParameter() && type.isThisType === true) {
    return "has type 'this', which is not known here; name the class or interface instead";
  }
  const generic = (type.flags & (TypeFlags.Instantiable & ~textual)) !== 0;
  if (generic) return `has type '${printed}', which is not known here; replace the type parameter by a type`;
  if ((type.flags & textual) !== 0) {
    return `has type '${printed}', which no pattern can describe; use string instead`;
  }
  const name = type.getSymbol()?.name ?? printed;
  const hint = Object.hasOwn(hints, name) ? hints[name] : undefined;
  const typedArray = /^(?:Big)?(?:Int|Uint|Float)\d+(?:Clamped)?Array$/.test(name)
    ? 'use Uint8Array instead'
    : undefined;
  return `has type '${printed}', which has no JSON form; ${hint ?? typedArray ?? expected}`;
}

const textual = TypeFlags.TemplateLiteral | TypeFlags.StringMapping;
