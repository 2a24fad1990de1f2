import type { Shape, TupleElement } from '../contract/signature.ts';
import { ElementFlags, SyntaxKind, type Node, type TupleType, type Type } from './checker.ts';
import type { CheckerSession } from './checker-session.ts';
import { ShapeProblem } from './shape-problem.ts';
import type { ShapeWalker } from './shape-walker.ts';
import { unionShape } from './union-shape.ts';

/** The generic tuple behind `[number, string]`, or undefined for any other type. */
export function tupleTargetOf(type: Type): TupleType | undefined {
  if (type.isTypeReference()) {
    const target = type.getTarget();
    if (target.isTupleType()) return target;
  }
  return type.isTupleType() ? type : undefined;
}

export function tupleShape(walker: ShapeWalker, type: Type, { target, path }: TupleAt): Shape {
  const { session } = walker;
  // The empty tuple has neither.
  const flags = (target.elementFlags as TupleType['elementFlags'] | undefined) ?? [];
  const types = flags.length === 0 ? [] : session.typeArguments(type);
  const restAt = flags.findIndex((one) => (one & ElementFlags.Variable) !== 0);
  if (flags.some((one) => (one & ElementFlags.Variadic) !== 0)) return walker.refuse(type, path);
  if (restAt !== -1 && restAt < flags.length - 1) return restInside(walker, type, { types, path });
  const names = flags.length === 0 ? [] : labelsOf(session, type);
  const elements = flags.map((one, at): TupleElement => {
    const element = types[at];
    const rest = (one & ElementFlags.Rest) !== 0;
    const inside = `${path}[${rest ? '' : at}]`;
    const name = names[at];
    const labelled = name === undefined ? {} : { name };
    if (element === undefined)
      return { shape: walker.refuse(type, inside), optional: false, rest, ...labelled };
    if (rest) return { shape: walker.elementShapeOf(element, inside), optional: false, rest, ...labelled };
    if (walker.direction === 'output' && (one & ElementFlags.Optional) === 0) {
      return { shape: walker.elementShapeOf(element, inside), optional: false, rest, ...labelled };
    }
    const { shape, optional } = walker.optionalShapeOf(element, inside);
    if (optional) walker.noteDifference();
    return { shape, optional: optional || (one & ElementFlags.Optional) !== 0, rest, ...labelled };
  });
  return { kind: 'tuple', elements };
}

interface TupleAt {
  readonly target: TupleType;
  readonly path: string;
}

/** `[...string[], number]`: neither zod nor JSON Schema can say it. */
function restInside(
  walker: ShapeWalker,
  type: Type,
  { types, path }: { readonly types: readonly Type[]; readonly path: string },
): Shape {
  if (walker.direction === 'output') {
    const members = types.map((element) => walker.elementShapeOf(element, `${path}[]`));
    return { kind: 'array', element: unionShape(members) };
  }
  throw new ShapeProblem(
    `has type '${walker.session.print(type)}', which has a rest element before others; put the rest element last`,
    { path },
  );
}

interface TupleNode extends Node {
  /** Of `readonly […]`. */
  readonly type?: TupleNode;
  readonly elements?: readonly (Node & { readonly name?: Node & { readonly text: string } })[];
}

/** A tuple type does not tell its labels; printed as a node it does. */
function labelsOf(session: CheckerSession, type: Type): readonly (string | undefined)[] {
  const node: TupleNode | undefined = session.typeNodeOf(type);
  const elements = node?.elements ?? node?.type?.elements ?? [];
  return elements.map(({ kind, name }) => (kind === SyntaxKind.NamedTupleMember ? name?.text : undefined));
}
