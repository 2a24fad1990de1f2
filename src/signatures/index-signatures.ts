import type { IndexSignature } from '../contract/signature.ts';
import { TypeFlags, type Type } from './checker.ts';
import type { ObjectMembers } from './checker-session.ts';
import type { ShapeWalker } from './shape-walker.ts';
import { textPattern } from './template-pattern.ts';

/** Text that a number used as a key turns into. */
const numericKey = '^-?(?:0|[1-9]\\d*)(?:\\.\\d*[1-9])?(?:e[+-]\\d+)?$';

/** The index signatures of an object, those with a pattern first. Symbols as keys never meet JSON. */
export function indexSignatures(
  walker: ShapeWalker,
  infos: ObjectMembers['index'],
  path: string,
): readonly IndexSignature[] {
  const found = infos
    .filter(({ keyType }) => (keyType.flags & TypeFlags.ESSymbolLike) === 0)
    .flatMap(({ keyType, valueType }): IndexSignature[] => {
      const at = `${path}[key]`;
      const pattern = keyPattern(walker, keyType);
      if (pattern === undefined) {
        walker.refuse(keyType, at);
        return [{ value: { kind: 'unknown' } }];
      }
      const { shape } = walker.optionalShapeOf(valueType, at);
      return [pattern === '' ? { value: shape } : { pattern, value: shape }];
    });
  return [
    ...found.filter((one) => one.pattern !== undefined),
    ...found.filter((one) => one.pattern === undefined),
  ];
}

/** '' for every key; undefined for one that no pattern can describe. */
function keyPattern(walker: ShapeWalker, keyType: Type): string | undefined {
  const { session } = walker;
  const value = keyType.isIntersectionType()
    ? session.constituents(keyType).find((member) => (member.flags & TypeFlags.Object) === 0)
    : keyType;
  if (value === undefined) return undefined;
  if ((value.flags & TypeFlags.String) !== 0) return '';
  if ((value.flags & TypeFlags.Number) !== 0) return numericKey;
  const source = textPattern(session, value);
  return source === undefined ? undefined : `^${source}$`;
}
