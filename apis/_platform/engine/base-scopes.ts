import type { PlanVariable, RunPlan } from '../model/run-plan.ts';
import type { Layer, Variables } from '../values/variable.ts';
import { ValueError } from '../values/value-error.ts';
import type { EngineParts } from './engine-parts.ts';

/** The scopes that are the same for a whole run: environment, modules, project. Nothing writes into them. */
export class BaseScopes {
  readonly #environment: Layer;
  readonly #project: Layer;
  readonly #modules = new Map<number, Layer>();
  readonly #layers = new Map<number | undefined, Layer[]>();
  /** Values of all secrets. */
  readonly secrets: string[] = [];

  /** @throws ValueError SECRET_UNREADABLE naming the variable */
  constructor({ variables }: RunPlan, openSecret: EngineParts['openSecret']) {
    const open = (list: PlanVariable[]): Variables =>
      new Map(list.map((variable) => [variable.name, this.#read(variable, openSecret)]));
    this.#environment = { scope: 'environment', variables: open(variables.environment) };
    this.#project = { scope: 'project', variables: open(variables.project) };
    for (const [id, list] of Object.entries(variables.modules)) {
      this.#modules.set(Number(id), { scope: 'module', variables: open(list) });
    }
  }

  /** From near to far, for what belongs to this module. */
  layers(module: number | undefined): Layer[] {
    let layers = this.#layers.get(module);
    if (!layers) {
      const own = module === undefined ? undefined : this.#modules.get(module);
      layers = [this.#environment, ...(own ? [own] : []), this.#project];
      this.#layers.set(module, layers);
    }
    return layers;
  }

  #read(variable: PlanVariable, openSecret: EngineParts['openSecret']) {
    if ('value' in variable) return { value: variable.value, templated: true };
    let value;
    try {
      value = openSecret(variable.sealed);
    } catch (error) {
      throw new ValueError(
        'SECRET_UNREADABLE',
        `The secret "${variable.name}" cannot be opened: ${(error as Error).message}`,
      );
    }
    this.secrets.push(typeof value === 'string' ? value : JSON.stringify(value));
    return { value, secret: true };
  }
}
