import type { RunPlan } from '../model/run-plan.ts';
import type { Step } from '../model/scenario.ts';

/**
 * How many results a run will have, as far as can be known before: each branch of an `if` that is longer, one turn of
 * a loop whose list or condition is not known yet.
 *
 * @param rows rows of the plan's dataset; not needed when they are in the plan
 */
export function expectedResults(plan: RunPlan, rows?: number): number {
  const { dataset, iterations, only } = plan;
  const ofTurn = plan.type === 'scenario' ? ofScenario(plan, plan.scenario ?? '', 0) : plan.requests.length;
  if (only) return sum(Object.values(only), (part) => (part === true ? ofTurn : part.length));
  const given = dataset && 'rows' in dataset ? dataset.rows.length : rows;
  const turns = dataset && given === 0 ? 0 : (iterations ?? (dataset ? (given ?? 1) : 1));
  return turns * ofTurn;
}

function ofScenario(plan: RunPlan, key: string, depth: number): number {
  const scenario = depth > 20 ? undefined : plan.scenarios[key];
  if (!scenario) return 1;
  const { setup = [], steps, teardown = [] } = scenario.steps;
  return sum([...setup, ...steps, ...teardown], (step) => ofStep(step, plan, depth));
}

function ofStep(step: Step, plan: RunPlan, depth: number): number {
  if (step.skip) return 1;
  const ofAll = (steps: readonly Step[]) => sum(steps, (one) => ofStep(one, plan, depth));
  switch (step.type) {
    case 'api':
    case 'request':
    case 'call':
      return 1;
    case 'scenario':
      return ofScenario(plan, String(step.scenario), depth + 1);
    case 'if':
      return Math.max(ofAll(step.then), ofAll(step.else ?? []));
    case 'forEach':
      return (Array.isArray(step.items) ? step.items.length : 1) * ofAll(step.steps);
    case 'repeat': {
      const times = Number(step.times);
      return (Number.isInteger(times) && times >= 0 ? times : 1) * ofAll(step.steps);
    }
    case 'while':
    case 'parallel':
      return ofAll(step.steps);
    case 'waitUntil':
      return ofStep(step.step, plan, depth);
    case 'delay':
    case 'set':
      return 0;
    default: {
      const check: never = step;
      return check;
    }
  }
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
