import type { ScenarioSteps, Step } from '../model/scenario.ts';
import type { ScenarioLookups } from './scenario-problem.ts';

/** Steps in a step, with the label of their place; the one of `waitUntil` is no list. */
export function childrenOf(step: Step): [label: string, steps: readonly Step[]][] {
  switch (step.type) {
    case 'if':
      return [
        ['then', step.then],
        ['else', step.else ?? []],
      ];
    case 'forEach':
    case 'while':
    case 'repeat':
    case 'parallel':
      return [['steps', step.steps]];
    default:
      return [];
  }
}

/** Finds the names that steps leave behind for those after them. */
export class NameCollector {
  readonly #lookups: Pick<ScenarioLookups, 'api' | 'scenario'>;
  readonly #scenarios = new Map<number, Set<string>>();

  constructor(lookups: Pick<ScenarioLookups, 'api' | 'scenario'>) {
    this.#lookups = lookups;
  }

  ofScenario(scenario: ScenarioSteps): Set<string> {
    return new Set(allSteps(scenario).flatMap((step) => [...this.ofStep(step)]));
  }

  ofStep(step: Step): Set<string> {
    const names = new Set<string>();
    const add = (more: Iterable<string>) => {
      for (const name of more) names.add(name);
    };
    if (step.type === 'set') add(Object.keys(step.variables));
    if (step.type === 'api' || step.type === 'request' || step.type === 'call') {
      const own = step.extractions ?? [];
      const ofApi = step.type === 'api' ? (this.#lookups.api(step.api)?.extractions ?? []) : [];
      const kept = [...ofApi, ...own].filter(({ scope, enabled }) => scope !== 'step' && enabled !== false);
      add(kept.map(({ name }) => name));
    }
    if (step.type === 'scenario') add(this.#ofNested(step.scenario));
    if (step.type === 'waitUntil') add(this.ofStep(step.step));
    for (const [, children] of childrenOf(step)) for (const child of children) add(this.ofStep(child));
    return names;
  }

  /** Whether running a scenario comes to run another, or is it. */
  reaches(from: number, wanted: number, seen = new Set<number>()): boolean {
    if (from === wanted) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    const scenario = this.#lookups.scenario(from);
    return (
      scenario !== undefined && nestedIn(allSteps(scenario)).some((id) => this.reaches(id, wanted, seen))
    );
  }

  #ofNested(id: number): Set<string> {
    const known = this.#scenarios.get(id);
    if (known) return known;
    // There before its steps are looked at, so that a circle ends.
    this.#scenarios.set(id, new Set());
    const scenario = this.#lookups.scenario(id);
    const names = scenario ? this.ofScenario(scenario) : new Set<string>();
    this.#scenarios.set(id, names);
    return names;
  }
}

function allSteps({ setup = [], steps, teardown = [] }: ScenarioSteps): Step[] {
  return [...setup, ...steps, ...teardown];
}

/** Ids of all scenarios that these steps run. */
export function nestedIn(steps: readonly Step[]): number[] {
  return steps.flatMap((step) => {
    const inner = childrenOf(step).flatMap(([, children]) => children);
    if (step.type === 'scenario') return [step.scenario];
    return nestedIn(step.type === 'waitUntil' ? [step.step] : inner);
  });
}
