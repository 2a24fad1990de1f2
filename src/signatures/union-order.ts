import type { Shape } from '../contract/signature.ts';

const usual = 2;

/** Which text or number of a union is meant, where members overlap: the lower rank goes first. */
const ranks: Partial<Record<Shape['kind'], number>> = {
  // Rarely by accident, and `string | Date` would be pointless otherwise.
  date: 1,
  url: 1,
  // Many words are base64, and digits are text: only what nothing else takes.
  bigint: 3,
  bigintLiteral: 3,
  bytes: 3,
  anyObject: 4,
  unknown: 4,
};

/**
 * Members in the order in which they are tried; the first that fits a value takes it. Literals go last,
 * or first where another member might make something else of the same text.
 */
export function inUnionOrder(members: readonly Shape[]): readonly Shape[] {
  const overlapping = members.some(({ kind }) => (ranks[kind] ?? usual) !== usual);
  const rankOf = ({ kind }: Shape): number =>
    kind === 'literal' ? (overlapping ? 0 : usual + 0.5) : (ranks[kind] ?? usual);
  return members.toSorted((a, b) => rankOf(a) - rankOf(b));
}
