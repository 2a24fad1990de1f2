import type { Json } from './json.ts';

export const operators = [
  'equals',
  'notEquals',
  'contains',
  'notContains',
  'matches',
  'in',
  'length',
  'type',
  'exists',
  'notExists',
  'greater',
  'greaterOrEqual',
  'less',
  'lessOrEqual',
  'schema',
] as const;
export type Operator = (typeof operators)[number];

/** What a check looks at. */
export type Subject =
  | { on: 'status' }
  | { on: 'header'; header: string }
  /** The whole body as text. */
  | { on: 'body' }
  /** A JSONPath (RFC 9535) into the JSON body. A query for one node gives its value, any other the list of nodes. */
  | { on: 'jsonPath'; path: string }
  /** Milliseconds from the start of sending to the last byte. */
  | { on: 'time' }
  /** Bytes of the body as received, decompressed. */
  | { on: 'size' }
  /** Days until the server's certificate expires. */
  | { on: 'certificateDays' };

/**
 * One check of an answer. `expected` may hold `{{name}}`; with `schema` it is a JSON Schema (draft-04 to 2020-12),
 * with `type` one of `string number integer boolean array object null`, with `in` a list.
 */
export type Assertion =
  | (Subject & { name?: string; operator: Operator; expected?: Json; enabled?: boolean })
  /**
   * An own function as the judge: called with `{response: {status, headers, body, json, time}, ...arguments}`. It
   * passes when it returns true, nothing, or `{passed: true}`; `{passed: false, message}` and a thrown error fail it.
   */
  | { on: 'call'; call: string; arguments?: { [key: string]: Json }; name?: string; enabled?: boolean };

/** A value taken from an answer into a variable. */
export interface Extraction {
  /** The variable's name. @minLength 1 @maxLength 200 */
  name: string;
  from: 'jsonPath' | 'regex' | 'header' | 'cookie' | 'status' | 'body';
  /** JSONPath, regular expression (first group, else the whole match), or name of the header or cookie. */
  path?: string;
  /** Where it is kept. Default: `scenario` in a scenario, else `step`. */
  scope?: 'step' | 'scenario' | 'environment';
  /** Taken when nothing is found; without it that is a failure. */
  default?: Json;
  enabled?: boolean;
}
