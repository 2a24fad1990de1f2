/**
 * The form of a JSON value that a TypeScript type accepts: plain data, so that it can cross threads,
 * be cached on disk, and be turned into zod, JSON Schema or TypeScript alike.
 */
export type Shape =
  | { readonly kind: 'boolean' | 'null' | 'undefined' | 'unknown' | 'never' }
  /** `object`: any JSON object or array. */
  | { readonly kind: 'anyObject' }
  | StringShape
  | NumberShape
  /** JSON: an integer, or its decimal digits as a string. Arrives as `bigint`. */
  | BigintShape
  /** JSON: ISO 8601 text. Arrives as `Date`. */
  | { readonly kind: 'date' }
  /** JSON: an absolute URL. Arrives as `URL`. */
  | { readonly kind: 'url' }
  /** JSON: base64 text. Arrives as `Buffer`, which is a `Uint8Array` too. */
  | { readonly kind: 'bytes' }
  /** A part of a `multipart/form-data` request. Arrives as `File`, which is a `Blob` too. */
  | { readonly kind: 'file' }
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'bigintLiteral'; readonly value: string }
  /** A template literal type: text that matches `pattern`, an anchored regular expression's source. */
  | { readonly kind: 'template'; readonly pattern: string; readonly text: string }
  | UnionShape
  | ArrayShape
  | { readonly kind: 'tuple'; readonly elements: readonly TupleElement[] }
  | ObjectShape
  /** JSON: `[[key, value], …]`. Arrives as `Map`. */
  | { readonly kind: 'map'; readonly key: Shape; readonly value: Shape }
  /** JSON: an array without equal values. Arrives as `Set`. */
  | { readonly kind: 'set'; readonly element: Shape }
  /** A named shape in `Signature.definitions`: named types, and whatever is recursive. */
  | { readonly kind: 'ref'; readonly name: string };

/** Formats of text that `@format` may name, from JSON Schema's vocabulary. */
export const stringFormats = [
  'date',
  'date-time',
  'time',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uri',
  'uuid',
] as const;
export type StringFormat = (typeof stringFormats)[number];

export interface StringShape {
  readonly kind: 'string';
  readonly minLength?: number;
  readonly maxLength?: number;
  /** A regular expression's source, not anchored, as in JSON Schema. */
  readonly pattern?: string;
  readonly format?: StringFormat;
}

export interface NumberLimits {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
}

export interface NumberShape extends NumberLimits {
  readonly kind: 'number';
  readonly integer?: true;
}

export interface BigintShape extends NumberLimits {
  readonly kind: 'bigint';
}

export interface ArrayShape {
  readonly kind: 'array';
  readonly element: Shape;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: true;
}

export interface UnionShape {
  readonly kind: 'union';
  readonly members: readonly Shape[];
  /** The property whose literal value tells the members apart; all members are objects (or refs to them) then. */
  readonly discriminator?: string;
}

export interface TupleElement {
  readonly shape: Shape;
  readonly optional: boolean;
  /** Takes any number of values from here on; at most one element of a tuple. */
  readonly rest: boolean;
  /** Of a labelled tuple. */
  readonly name?: string;
}

export interface ObjectShape {
  readonly kind: 'object';
  readonly properties: readonly Property[];
  /** From index signatures; without one, keys that are no property are refused. */
  readonly index?: readonly IndexSignature[];
}

export interface IndexSignature {
  /** Anchored regular expression's source that keys match; absent: every key. */
  readonly pattern?: string;
  readonly value: Shape;
}

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

export interface Property {
  readonly name: string;
  readonly shape: Shape;
  readonly optional: boolean;
  readonly description?: string;
  /** From `@default`, or the initializer where that is a literal. */
  readonly defaultValue?: JsonValue;
  /** From `@example`. */
  readonly examples?: readonly JsonValue[];
  readonly deprecated?: true;
}

export interface Parameter extends Property {
  /** Gathers the remaining arguments: its shape is an array or a tuple. */
  readonly rest: boolean;
}

/** What a function gives back. */
export interface Returned {
  /**
   * `value`: JSON in the success envelope. `stream`: an async iterable, sent item by item; `shape` is one
   * item's. `response`: a `Response`, passed through untouched; its shape is unknown.
   */
  readonly kind: 'value' | 'stream' | 'response';
  /** As JSON, with `Promise` unwrapped; parts that have no JSON form are `unknown`. */
  readonly shape: Shape;
}

/** What a call of one function takes and gives. */
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
  readonly returns: Returned;
  /** Named shapes that parameters and result refer to. */
  readonly definitions: Readonly<Record<string, Definition>>;
  /** From the doc comment, without its tags; '' when there is none. */
  readonly description: string;
  /** The type as TypeScript prints it, for people: `(name?: string) => string`. */
  readonly text: string;
  readonly deprecated?: true;
  /** From `@readonly` (changes nothing) and `@destructive` (deletes or overwrites). */
  readonly effect?: 'readonly' | 'destructive';
  /** From `@returns`. */
  readonly returnsDescription?: string;
}

/** A named shape with its type's doc comment. */
export interface Definition {
  readonly shape: Shape;
  readonly description?: string;
}
