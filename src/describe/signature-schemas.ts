import type { Signature } from '../contract/signature.ts';
import type { JsonSchema } from './openapi-document.ts';

/** References in written schemas begin with this, followed by a name in `WrittenSchema.definitions`. */
export const definitionPrefix = '#/$defs/';

export interface WrittenSchema {
  readonly schema: JsonSchema;
  /** Named schemas that `schema` refers to, directly or not; more may be among them. */
  readonly definitions: Readonly<Record<string, JsonSchema>>;
}

/** Turns signatures into JSON Schema (draft 2020-12); handed in, because shapes are its business. */
export interface SignatureSchemas {
  /** The object that a request's body has to be. */
  body(signature: Signature): WrittenSchema;
  /** What the function gives back, as JSON; for a stream, one item of it. */
  returned(signature: Signature): WrittenSchema;
}
