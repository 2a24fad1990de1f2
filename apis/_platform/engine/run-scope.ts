import type { Json } from '../model/json.ts';
import type { VariableScope } from '../model/result.ts';
import type { DatasetRow } from '../model/run-plan.ts';
import type { BaseScopes } from './base-scopes.ts';
import { type Layer, literals, type Variable, type Variables } from '../values/variable.ts';

export interface InnerScope {
  /** Hold for everything inside, nearest of all: those of the step, of a turn of a loop. */
  step?: Variables;
  /** What a nested scenario begins with. */
  initial?: Variables;
}

/**
 * What one line of work sees: an iteration, and inside it branches, nested scenarios and turns of loops, each with a
 * scope of its own over that of its parent.
 */
export class RunScope {
  readonly #base: BaseScopes;
  readonly #parent: RunScope | undefined;
  readonly #step: Variables | undefined;
  readonly #dataset: Variables | undefined;
  /** Whether what is set stays here until it is taken over; a turn of a loop hands it on. */
  readonly #keeps: boolean;
  readonly initial: Variables;
  readonly #scenario: Variables = new Map();
  readonly #environment: Variables = new Map();

  private constructor(
    base: BaseScopes,
    from: InnerScope & { parent?: RunScope; dataset?: Variables; keeps: boolean },
  ) {
    this.#base = base;
    this.#parent = from.parent;
    this.#step = from.step;
    this.#dataset = from.dataset;
    this.#keeps = from.keeps;
    this.initial = from.initial ?? new Map<string, Variable>();
  }

  static ofIteration(base: BaseScopes, row: DatasetRow | undefined, initial: Variables): RunScope {
    return new RunScope(base, { initial, keeps: true, ...(row ? { dataset: literals(row) } : {}) });
  }

  /** A scope that keeps what is set in it. */
  branch(inner: InnerScope = {}): RunScope {
    return new RunScope(this.#base, { ...inner, ...this.#inherited(), keeps: true });
  }

  /** A scope with nearer variables, which sets those of its parent. */
  turn(step: Variables): RunScope {
    return new RunScope(this.#base, { step, ...this.#inherited(), keeps: false });
  }

  /** Sets a variable for everything that comes after in this line of work. */
  set(scope: 'scenario' | 'environment', name: string, variable: Variable): void {
    if (!this.#keeps && this.#parent) this.#parent.set(scope, name, variable);
    else (scope === 'scenario' ? this.#scenario : this.#environment).set(name, variable);
  }

  /** Takes over what a branch has set. */
  takeOver(branch: RunScope): void {
    for (const [name, variable] of branch.#scenario) this.set('scenario', name, variable);
    for (const [name, variable] of branch.#environment) this.set('environment', name, variable);
  }

  /** All that can be seen from here by something of this module, nearest first; `nearest` is of a request alone. */
  layers(module: number | undefined, nearest?: Variables): Layer[] {
    const layers: Layer[] = nearest ? [{ scope: 'step', variables: nearest }] : [];
    const farther: Layer[] = [];
    const environments: Layer[] = [];
    // oxlint-disable-next-line typescript/no-this-alias -- the walk begins here
    for (let scope: RunScope | undefined = this; scope; scope = scope.#parent) {
      if (scope.#step) layers.push({ scope: 'step', variables: scope.#step });
      add(farther, 'scenario', scope.#scenario);
      add(farther, 'scenario', scope.initial);
      add(environments, 'environment', scope.#environment);
    }
    if (this.#dataset) layers.push({ scope: 'dataset', variables: this.#dataset });
    layers.push(...farther, ...environments, ...this.#base.layers(module));
    return layers;
  }

  #inherited() {
    return { parent: this, ...(this.#dataset ? { dataset: this.#dataset } : {}) };
  }
}

/** Variables of a turn or of a step: values as they are. */
export function stepVariables(values: { readonly [name: string]: Json }): Variables {
  return literals(values);
}

function add(layers: Layer[], scope: VariableScope, variables: Variables): void {
  if (variables.size > 0) layers.push({ scope, variables });
}
