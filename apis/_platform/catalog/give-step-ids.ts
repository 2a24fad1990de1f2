import { randomUUID } from 'node:crypto';
import { ApiError } from 'api-deploy';
import type { ScenarioSteps } from '../model/scenario.ts';
import { walkScenario } from './walk-steps.ts';

/**
 * The scenario with an id for every step that has none.
 *
 * @throws ApiError SCENARIO_INVALID when two steps have the same one
 */
export function giveStepIds(given: ScenarioSteps): ScenarioSteps {
  const scenario = structuredClone(given);
  const paths = new Map<string, string>();
  for (const { step, path } of walkScenario(scenario)) {
    if (step.id === undefined || step.id === '') continue;
    const other = paths.get(step.id);
    if (other !== undefined) {
      const message = `the id '${step.id}' is that of ${other} already; give another one, or none`;
      throw new ApiError('SCENARIO_INVALID', `${path}: ${message}`, {
        status: 422,
        details: [{ path, message }],
      });
    }
    paths.set(step.id, path);
  }
  for (const { step, path } of walkScenario(scenario)) {
    if (step.id !== undefined && step.id !== '') continue;
    do step.id = randomUUID().slice(0, 8);
    while (paths.has(step.id));
    paths.set(step.id, path);
  }
  return scenario;
}
