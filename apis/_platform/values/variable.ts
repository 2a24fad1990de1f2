import type { Json } from '../model/json.ts';
import type { VariableScope } from '../model/result.ts';
import { type CompiledValue, compileValue } from './compiled-value.ts';

/** A named value as the resolver sees it. */
export interface Variable {
  value: Json;
  /**
   * Whether `{{name}}` in it is replaced: only in what people wrote. An answer of a server or a row of data that
   * holds `{{token}}` stays as it is, so that nobody can ask for variables from outside.
   */
  templated?: boolean;
  compiled?: CompiledValue;
  secret?: boolean;
  /** Texts made from secrets that are in the value. */
  masks?: readonly string[];
}

export type Variables = Map<string, Variable>;

/** The variables of one scope; layers stand from nearest to farthest. */
export interface Layer {
  scope: VariableScope;
  variables: ReadonlyMap<string, Variable>;
}

export function literals(values: { readonly [name: string]: Json }): Variables {
  return new Map(Object.entries(values).map(([name, value]) => [name, { value }]));
}

export function templated(values: { readonly [name: string]: Json }): Variables {
  return new Map(Object.entries(values).map(([name, value]) => [name, { value, templated: true }]));
}

/** Takes the variable's templates apart when it is first asked for. */
export function compiledOf(name: string, variable: Variable): CompiledValue {
  variable.compiled ??= variable.templated
    ? compileValue(variable.value, `variable "${name}"`)
    : { kind: 'constant', value: variable.value };
  return variable.compiled;
}
