import type { Definition, Shape } from '../contract/signature.ts';
import type { Node, Type } from './checker.ts';
import type { CheckerSession } from './checker-session.ts';
import type { Warn } from './signature-warnings.ts';

/** `input`: what JSON a parameter accepts. `output`: the JSON that a returned value becomes. */
export type Direction = 'input' | 'output';

/** What the parts of the walk share: each turns one family of types into shapes, and comes back for what is inside. */
export interface ShapeWalker {
  readonly session: CheckerSession;
  readonly direction: Direction;
  readonly definitions: Readonly<Record<string, Definition>>;
  readonly warn: Warn;
  /** `undefined` among the members of a union is left out. `written` is the type as the author wrote it. */
  shapeOf(type: Type, path: string, written?: Node): Shape;
  /** Of something that may be left out: a parameter, a property, an element at the end of a tuple. */
  optionalShapeOf(type: Type, path: string, written?: Node): OptionalShape;
  /** Of something in a list, where JSON has no `undefined`: what goes out has null there. */
  elementShapeOf(type: Type, path: string, written?: Node): Shape;
  /**
   * For a type that has no JSON form: `unknown` where it goes out.
   *
   * @throws ShapeProblem where it comes in
   */
  refuse(type: Type, path: string): Shape;
  /** The types being walked have another shape in the other direction. */
  noteDifference(): void;
  /** False when a returned type is too large to go on. */
  spend(properties: number): boolean;
}

export interface OptionalShape {
  readonly shape: Shape;
  /** The type allows `undefined`, which in JSON means that the value is left out. */
  readonly optional: boolean;
}
