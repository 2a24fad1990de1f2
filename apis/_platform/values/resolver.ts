import type { Json } from '../model/json.ts';
import type { UsedVariable, VariableScope } from '../model/result.ts';
import { builtIns, evaluateBuiltIn } from './built-ins.ts';
import { suggestion } from './closest-name.ts';
import { renderCompiled } from './compiled-value.ts';
import type { Call, Expression, Operand } from './expression.ts';
import { applyFilter } from './filters.ts';
import { masked } from './mask.ts';
import { type RandomSource, systemSource } from './random-source.ts';
import { shownValue } from './shown-value.ts';
import { type Evaluator, toText } from './template.ts';
import { ValueError } from './value-error.ts';
import { noSuchPath, walk } from './value-path.ts';
import { compiledOf, type Layer, type Variable } from './variable.ts';

interface Found {
  name: string;
  variable: Variable;
  scope: VariableScope;
}

export interface ResolverOptions {
  /** Default: random bytes of the system. */
  random?: RandomSource;
  iteration?: number;
}

/** Gives one request (or one step) its values, and takes down which it used and where they came from. */
export class Resolver implements Evaluator {
  readonly #givenLayers: readonly Layer[] | (() => readonly Layer[]);
  #madeLayers: readonly Layer[] | undefined;
  readonly #random: RandomSource;
  readonly #iteration: number;
  readonly #used = new Map<string, UsedVariable>();
  /** Variables whose own templates are being replaced, outermost first. */
  readonly #resolving: Found[] = [];
  readonly #derived: string[] = [];
  #touchedSecret = false;

  /** Layers given as a function are made when the first variable is asked for. */
  constructor(layers: readonly Layer[] | (() => readonly Layer[]), options: ResolverOptions = {}) {
    this.#givenLayers = layers;
    this.#random = options.random ?? systemSource;
    this.#iteration = options.iteration ?? 0;
  }

  get #layers(): readonly Layer[] {
    this.#madeLayers ??= typeof this.#givenLayers === 'function' ? this.#givenLayers() : this.#givenLayers;
    return this.#madeLayers;
  }

  /** Every variable that was used, with the scope it came from; secrets are `***`. */
  get used(): UsedVariable[] {
    return [...this.#used.values()];
  }

  /** Texts that were made from secrets, by a filter or a way into them. */
  get derived(): readonly string[] {
    return this.#derived;
  }

  evaluate(expression: Expression, where: string): Json {
    const touchedBefore = this.#touchedSecret;
    this.#touchedSecret = false;
    const other = expression.filters.findIndex((filter) => filter.name === 'default');
    const source = this.#source(expression, where, other !== -1);
    let value = source ?? null;
    // What is not there goes straight to its default.
    const pending = source === undefined ? expression.filters.slice(other) : expression.filters;
    const ofSecret = this.#touchedSecret;
    for (const filter of pending) value = this.#filter(filter, value, { expression, where });
    if (ofSecret && pending.length > 0) this.#derived.push(toText(value));
    this.#touchedSecret ||= touchedBefore;
    return value;
  }

  /** Whether a variable of that name can be seen. */
  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  /** The value of a variable, or undefined when there is none. */
  valueOf(name: string): Json | undefined {
    const found = this.#find(name);
    return found && this.#read(found);
  }

  #source({ from }: Expression, where: string, mayMiss: boolean): Json | undefined {
    if (from.kind === 'builtin') {
      const { name } = from.call;
      const value = this.#located(where, () =>
        evaluateBuiltIn(name, this.#arguments(from.call, where), {
          random: this.#random,
          iteration: this.#iteration,
        }),
      );
      // Each use has a value of its own.
      this.#used.set(`${name} ${this.#used.size}`, { name, scope: 'builtin', value });
      return value;
    }
    return this.#operand(from, where, mayMiss);
  }

  #operand(operand: Operand, where: string, mayMiss = false): Json | undefined {
    if (operand.kind === 'literal') return operand.value;
    const whole = this.#find(operand.text);
    if (whole) return this.#read(whole);
    const head = operand.path.length > 0 ? this.#find(operand.head) : undefined;
    if (!head) {
      if (mayMiss) return undefined;
      throw this.#unknown(operand.path.length > 0 ? operand.head : operand.text, where);
    }
    const value = walk(operand.path, this.#read(head));
    if (value === undefined) {
      if (mayMiss) return undefined;
      throw noSuchPath(operand, { value: this.#read(head), secret: head.variable.secret === true, where });
    }
    if (head.variable.secret) this.#derived.push(toText(value));
    return value;
  }

  #arguments(call: Call, where: string): Json[] {
    return call.args.map((arg) => this.#operand(arg, where) ?? null);
  }

  #filter(filter: Call, value: Json, at: { expression: Expression; where: string }): Json {
    const args = this.#arguments(filter, at.where);
    return this.#located(`{{${at.expression.text}}} in ${at.where}`, () =>
      applyFilter(filter.name, value, args),
    );
  }

  #located<T>(where: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof ValueError) throw new ValueError(error.code, `${where}: ${error.message}`);
      throw error;
    }
  }

  /** The nearest one; of a variable that speaks of its own name, the next farther one. */
  #find(name: string): Found | undefined {
    const inside = this.#resolving.at(-1);
    let skip = inside?.name === name;
    for (const layer of this.#layers) {
      const variable = layer.variables.get(name);
      if (!variable) continue;
      if (skip) {
        if (variable === inside?.variable) skip = false;
        continue;
      }
      return { name, variable, scope: layer.scope };
    }
    return undefined;
  }

  #read(found: Found): Json {
    const { name, variable, scope } = found;
    if (variable.secret) this.#touchedSecret = true;
    if (variable.masks) this.#derived.push(...variable.masks);
    const compiled = compiledOf(name, variable);
    const value = compiled.kind === 'constant' ? compiled.value : this.#readNested(found);
    this.#used.set(`${name} ${scope}`, { name, scope, value: variable.secret ? masked : shownValue(value) });
    return value;
  }

  #readNested(found: Found): Json {
    if (this.#resolving.some(({ variable }) => variable === found.variable)) {
      const chain = [...this.#resolving.map(({ name }) => name), found.name].join(' → ');
      throw new ValueError('VARIABLE_CYCLE', `Variables refer to each other in a circle: ${chain}.`);
    }
    this.#resolving.push(found);
    try {
      return renderCompiled(compiledOf(found.name, found.variable), this);
    } finally {
      this.#resolving.pop();
    }
  }

  #unknown(name: string, where: string): ValueError {
    if (this.#resolving.at(-1)?.name === name) {
      return new ValueError('VARIABLE_CYCLE', `The variable "${name}" refers to itself: ${name} → ${name}.`);
    }
    const names = new Set(this.#layers.flatMap((layer) => [...layer.variables.keys()]));
    const known =
      names.size === 0 ? ' No variables are set here.' : suggestion(name, [...names, ...builtIns.keys()]);
    return new ValueError('UNKNOWN_VARIABLE', `There is no variable "${name}" (in ${where}).${known}`);
  }
}
