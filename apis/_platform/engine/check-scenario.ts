import type { Json } from '../model/json.ts';
import type { ScenarioSteps, Step } from '../model/scenario.ts';
import { suggestion } from '../values/closest-name.ts';
import { findReferences, type References } from '../values/references.ts';
import { boundProblems } from './check-bounds.ts';
import { checkProblems, conditionProblems, requestProblems } from './check-request.ts';
import { childrenOf, NameCollector } from './scenario-names.ts';
import type { ScenarioLookups, ScenarioProblem } from './scenario-problem.ts';
import { wholeRequest } from './whole-request.ts';
import { layOver } from './steps/request-steps.ts';

/**
 * Checks a scenario without running it: references to what does not exist, variables that nothing sets, ids that are
 * there twice, numbers out of bounds, templates, JSONPaths, patterns and schemas that cannot be read. Each problem
 * names the path of its step. Problems of severity `error` make every run fail; a `warning` may be right for some
 * runs, as a variable that is given with the start.
 */
export function checkScenario(scenario: ScenarioSteps, lookups: ScenarioLookups): ScenarioProblem[] {
  const checker = new ScenarioChecker(scenario, lookups);
  checker.check(scenario);
  return checker.problems;
}

class ScenarioChecker {
  readonly problems: ScenarioProblem[] = [];
  readonly #lookups: ScenarioLookups;
  readonly #names: NameCollector;
  /** Names that anything in the scenario sets, early or late. */
  readonly #everSet: ReadonlySet<string>;
  /** Names that can be there at this point. */
  readonly #known: Set<string>;
  readonly #ids = new Map<string, string>();

  constructor(scenario: ScenarioSteps, lookups: ScenarioLookups) {
    this.#lookups = lookups;
    this.#names = new NameCollector(lookups);
    this.#everSet = this.#names.ofScenario(scenario);
    this.#known = new Set([...lookups.variables, ...Object.keys(scenario.variables ?? {})]);
  }

  check({ setup = [], steps, teardown = [], variables = {} }: ScenarioSteps): void {
    this.#asked('variables', findReferences(variables, 'variables'), []);
    this.#list(setup, 'setup', []);
    this.#list(steps, 'steps', []);
    this.#list(teardown, 'teardown', []);
  }

  #list(steps: readonly Step[], label: string, local: readonly string[]): void {
    for (const [index, step] of steps.entries()) this.#step(step, `${label}[${index}]`, local);
  }

  #step(step: Step, path: string, local: readonly string[]): void {
    this.#id(step, path);
    for (const message of boundProblems(step)) this.#add(path, 'OUT_OF_BOUNDS', message);
    this.#own(step, path, local);
    const inner = [...local, ...turnNames(step)];
    for (const [label, children] of childrenOf(step)) this.#list(children, `${path}.${label}`, inner);
    if (step.type === 'waitUntil') this.#step(step.step, `${path}.step`, local);
    for (const name of this.#names.ofStep(step)) this.#known.add(name);
  }

  /** What a step says itself, without the steps in it. */
  #own(step: Step, path: string, local: readonly string[]): void {
    switch (step.type) {
      case 'api':
      case 'request':
        return this.#request(step, path, local);
      case 'call':
        if (this.#lookups.endpoint && !this.#lookups.endpoint(step.call)) {
          this.#add(path, 'UNKNOWN_REFERENCE', `There is no function ${step.call}.`);
        }
        this.#checks(step, path, local);
        return this.#values({ arguments: step.arguments ?? {} }, path, local);
      case 'scenario':
        this.#nested(step.scenario, path);
        return this.#values({ variables: step.variables ?? {} }, path, local);
      case 'if':
      case 'while': {
        const { left, operator, right } = step.condition;
        const asks = operator === 'exists' || operator === 'notExists';
        for (const { code, message } of conditionProblems(step.condition)) this.#add(path, code, message);
        return this.#values(
          { ...(asks ? {} : { left }), ...(right === undefined ? {} : { right }) },
          path,
          local,
        );
      }
      case 'forEach':
        return this.#values({ items: step.items }, path, local);
      case 'repeat':
        return this.#values({ times: step.times }, path, local);
      case 'delay':
        return this.#values({ delay: step.delay }, path, local);
      case 'set':
        return this.#values({ variables: step.variables }, path, local);
      case 'parallel':
      case 'waitUntil':
        return;
      default: {
        const check: never = step;
        return check;
      }
    }
  }

  #request(step: Extract<Step, { type: 'api' | 'request' }>, path: string, local: readonly string[]): void {
    const api = step.type === 'api' ? this.#lookups.api(step.api) : undefined;
    if (step.type === 'api' && !api) {
      return this.#add(path, 'UNKNOWN_REFERENCE', `The catalog entry ${step.api} does not exist.`);
    }
    const spec =
      step.type === 'request' ? wholeRequest(step.request) : api && layOver(api.spec, step.with ?? {});
    const nearest = [...local, ...Object.keys(step.variables ?? {}), ...(api?.variables ?? [])];
    // A variable of a step may speak of the one farther out that has its name.
    this.#values({ variables: step.variables ?? {} }, path, local);
    if (spec) {
      const { asked, problems } = requestProblems(spec);
      this.#asked(path, { asked, problems }, nearest);
    }
    this.#checks(step, path, nearest);
  }

  #checks(step: Extract<Step, { assertions?: unknown }>, path: string, local: readonly string[]): void {
    const found = checkProblems(step, this.#lookups);
    for (const { code, message } of found.problems) this.#add(path, code, message);
    const extracted = (step.extractions ?? []).map(({ name }) => name);
    this.#asked(path, { asked: found.asked, problems: [] }, [...local, ...extracted]);
  }

  #nested(id: number, path: string): void {
    if (!this.#lookups.scenario(id)) {
      this.#add(path, 'UNKNOWN_REFERENCE', `The scenario ${id} does not exist.`);
    } else if (this.#lookups.self !== undefined && this.#names.reaches(id, this.#lookups.self)) {
      this.#add(path, 'SCENARIO_CYCLE', `The scenario ${id} leads back to this one, which would never end.`);
    }
  }

  #values(values: { [name: string]: Json }, path: string, local: readonly string[]): void {
    for (const [name, value] of Object.entries(values)) this.#asked(path, findReferences(value, name), local);
  }

  #asked(path: string, { asked, problems }: References, local: readonly string[]): void {
    for (const { code, message } of problems) this.#add(path, code, message);
    for (const { names, text, where } of asked) {
      if (names.some((name) => local.includes(name) || this.#known.has(name))) continue;
      const later = names.find((name) => this.#everSet.has(name));
      const name = names.at(-1) ?? text;
      const message =
        later === undefined
          ? `Nothing sets the variable "${name}" (in ${where}).${suggestion(name, [...this.#known, ...local])}`
          : `The variable "${later}" (in ${where}) is set only later.`;
      const code = later === undefined ? 'UNKNOWN_VARIABLE' : 'SET_LATER';
      this.problems.push({ path, severity: 'warning', code, message });
    }
  }

  #id({ id }: Step, path: string): void {
    if (id === undefined) return;
    const first = this.#ids.get(id);
    if (first === undefined) this.#ids.set(id, path);
    else this.#add(path, 'DUPLICATE_ID', `The id "${id}" is that of ${first} already.`);
  }

  #add(path: string, code: string, message: string): void {
    this.problems.push({ path, severity: 'error', code, message });
  }
}

function turnNames(step: Step): string[] {
  if (step.type === 'forEach') return [step.item ?? 'item', step.index ?? 'index'];
  return step.type === 'while' || step.type === 'repeat' ? ['index'] : [];
}
