/**
 * The form of a JSON value that a TypeScript type accepts: plain data, so that it can cross threads,
 * be cached on disk, and be turned into zod, JSON Schema or TypeScript alike.
 */
export type Shape =
  | { readonly kind: 'string' | 'number' | 'boolean' | 'null' | 'undefined' | 'unknown' | 'never' | 'date' }
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'union'; readonly members: readonly Shape[] }
  | { readonly kind: 'array'; readonly element: Shape }
  | { readonly kind: 'tuple'; readonly elements: readonly TupleElement[] }
  | ObjectShape
  /** A named shape in `Signature.definitions`: what is recursive. */
  | { readonly kind: 'ref'; readonly name: string };

export interface TupleElement {
  readonly shape: Shape;
  readonly optional: boolean;
  /** Takes any number of values from here on; at most one element of a tuple. */
  readonly rest: boolean;
}

export interface ObjectShape {
  readonly kind: 'object';
  readonly properties: readonly Property[];
  /** Values of all other keys, from an index signature; without it other keys are refused. */
  readonly index?: Shape;
}

export interface Property {
  readonly name: string;
  readonly shape: Shape;
  readonly optional: boolean;
  readonly description?: string;
}

export interface Parameter extends Property {
  /** Gathers the remaining arguments: its shape is an array or a tuple. */
  readonly rest: boolean;
  /** The default as written in the source, where it is a literal. */
  readonly defaultValue?: string | number | boolean | null;
}

/** What a call of one function takes. */
export interface Signature {
  /**
   * `positional`: each parameter is a key of the body. `object`: the function has one destructured
   * parameter, whose properties are the body.
   */
  readonly style: 'positional' | 'object';
  /** In order, without the call context. */
  readonly parameters: readonly Parameter[];
  /** Index in the argument list at which the `CallContext` is injected, or -1. */
  readonly contextIndex: number;
  readonly definitions: Readonly<Record<string, Shape>>;
  /** From the doc comment, without its tags; '' when there is none. */
  readonly description: string;
  /** The type as TypeScript prints it, for people: `(name?: string) => string`. */
  readonly text: string;
}
