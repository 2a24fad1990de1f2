/** Thrown inside this folder when a type has no JSON form; becomes a `SignatureProblem` at the parameter. */
export class ShapeProblem extends Error {
  /** The parameter and the way to the type inside it: `user.tags[]`. */
  readonly path: string;
  /** The type comes from a name that could not be resolved; the cause is looked up later. */
  readonly unresolved: boolean;

  constructor(message: string, options: { path: string; unresolved?: boolean }) {
    super(message);
    this.path = options.path;
    this.unresolved = options.unresolved ?? false;
  }
}
