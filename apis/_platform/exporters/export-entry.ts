import { loadRequest } from '../catalog/load-request.ts';
import { loadScopes } from '../catalog/load-scopes.ts';
import type { Json } from '../model/json.ts';
import type { PlanVariable } from '../model/run-plan.ts';
import { database } from '../storage/database.ts';
import { findRow } from '../storage/find-row.ts';
import { toCurl } from './to-curl.ts';

/**
 * A catalog entry as a curl command, with the variables of an environment, its module and project put in. Secrets and
 * built-ins stay `{{name}}`.
 *
 * @throws ApiError NOT_FOUND
 */
export async function entryAsCurl(id: number, environmentId: number | undefined): Promise<string> {
  const db = database();
  const request = await loadRequest(db, id);
  const moduleId = request.module ?? 0;
  const { projectId } = await findRow(db, 'modules', moduleId);
  const { variables } = await loadScopes(db, { projectId, environmentId, moduleIds: [moduleId] });
  const values = new Map<string, Json>();
  // From farthest to nearest.
  for (const scope of [variables.project, variables.modules[moduleId] ?? [], variables.environment])
    addPlain(values, scope);
  return toCurl(request.spec, { variables: values });
}

function addPlain(values: Map<string, Json>, scope: readonly PlanVariable[]): void {
  for (const variable of scope) {
    if ('value' in variable) values.set(variable.name, variable.value);
    else values.delete(variable.name);
  }
}
