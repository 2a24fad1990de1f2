import type { Shape } from '../contract/signature.ts';

/** The union of these shapes in its plainest form: flat, each member once, both booleans as `boolean`. */
export function unionShape(members: readonly Shape[]): Shape {
  const flat = members.flatMap((member) => (member.kind === 'union' ? member.members : [member]));
  if (flat.some((member) => member.kind === 'unknown')) return { kind: 'unknown' };
  const kept = distinct(flat).filter((member) => member.kind !== 'never');
  const isFlag = (member: Shape): boolean => member.kind === 'literal' && typeof member.value === 'boolean';
  const plain = kept.filter(isFlag).length === 2 ? withBoolean(kept, isFlag) : kept;
  const [only] = plain;
  if (only === undefined) return { kind: 'never' };
  return plain.length === 1 ? only : { kind: 'union', members: plain };
}

function withBoolean(members: readonly Shape[], isFlag: (member: Shape) => boolean): Shape[] {
  const at = members.findIndex(isFlag);
  return members.flatMap((member, index): Shape[] => {
    if (!isFlag(member)) return [member];
    return index === at ? [{ kind: 'boolean' }] : [];
  });
}

/** Compares simple shapes by content, all others by identity: those come from different types anyway. */
function distinct(members: readonly Shape[]): Shape[] {
  const seen = new Set<unknown>();
  return members.filter((member) => {
    const key = keyOf(member);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function keyOf(shape: Shape): unknown {
  switch (shape.kind) {
    case 'literal':
    case 'bigintLiteral':
      return `${shape.kind} ${JSON.stringify(shape.value)}`;
    case 'template':
      return `template ${shape.pattern}`;
    case 'ref':
      return `ref ${shape.name}`;
    case 'union':
    case 'array':
    case 'tuple':
    case 'object':
    case 'map':
    case 'set':
      return shape;
    case 'string':
    case 'number':
    case 'bigint':
      return JSON.stringify(shape);
    default:
      return shape.kind;
  }
}
