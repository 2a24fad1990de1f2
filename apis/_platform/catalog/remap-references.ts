import type { RequestBody } from '../model/request.ts';
import type { ScenarioSteps } from '../model/scenario.ts';
import { walkScenario } from './walk-steps.ts';

/** Ids of originals to those of their copies. What is not in there is referred to as before. */
export interface CopiedIds {
  categories: Map<number, number>;
  apis: Map<number, number>;
  scenarios: Map<number, number>;
  files: Map<number, number>;
}

export function noCopiedIds(): CopiedIds {
  return { categories: new Map(), apis: new Map(), scenarios: new Map(), files: new Map() };
}

export function remapBody(body: RequestBody, { files }: CopiedIds): RequestBody {
  switch (body.type) {
    case 'binary':
      return { ...body, file: files.get(body.file) ?? body.file };
    case 'multipart':
      return {
        ...body,
        parts: body.parts.map((part) =>
          part.file === undefined ? part : { ...part, file: files.get(part.file) ?? part.file },
        ),
      };
    case 'none':
    case 'json':
    case 'text':
    case 'form':
    case 'graphql':
      return body;
    default: {
      const never: never = body;
      return never;
    }
  }
}

export function remapSteps(original: ScenarioSteps, ids: CopiedIds): ScenarioSteps {
  const scenario = structuredClone(original);
  for (const { step } of walkScenario(scenario)) {
    if (step.type === 'api') {
      step.api = ids.apis.get(step.api) ?? step.api;
      if (step.with?.body !== undefined) step.with.body = remapBody(step.with.body, ids);
    }
    if (step.type === 'request' && step.request.body !== undefined)
      step.request.body = remapBody(step.request.body, ids);
    if (step.type === 'scenario') step.scenario = ids.scenarios.get(step.scenario) ?? step.scenario;
  }
  return scenario;
}
