import type { ModuleChildFilter, Sort } from '../model/listing.ts';
import type { Page } from '../model/page.ts';
import type { SavedScenario, Scenario, ScenarioFields } from '../model/stored-scenario.ts';
import { database } from '../storage/database.ts';
import { findRow } from '../storage/find-row.ts';
import { inTransaction } from '../storage/in-transaction.ts';
import { insertRow } from '../storage/insert-row.ts';
import { directionOf, hasText, listRows, type Paging } from '../storage/list-rows.ts';
import { nextPosition } from '../storage/placement.ts';
import { stamps } from '../storage/stamps.ts';
import type { Row } from '../storage/tables.ts';
import { refuseTakenName } from '../storage/unique-name.ts';
import { updateRow } from '../storage/update-row.ts';
import { checkSteps } from './check-steps.ts';
import { nameCopy } from './copy-name.ts';
import { asNew } from './copy-rows.ts';
import { giveStepIds } from './give-step-ids.ts';
import { editedOf, fromJson } from './to-entity.ts';

const table = 'scenarios';

/** @throws ApiError NOT_FOUND; NAME_TAKEN; SCENARIO_INVALID with the paths of the steps */
export function createScenario(moduleId: number, fields: ScenarioFields): Promise<SavedScenario> {
  const { description = '' } = fields;
  const name = fields.name.trim();
  const steps = giveStepIds(fields.steps);
  return inTransaction(async (db) => {
    await findRow(db, 'modules', moduleId);
    await refuseTakenName(db, { table, ownerId: moduleId, name });
    const warnings = await checkSteps(db, { moduleId }, steps);
    const row = await insertRow(db, 'scenarios', {
      moduleId,
      name,
      description,
      stepsJson: JSON.stringify(steps),
      position: await nextPosition(db, { table, ownerId: moduleId }),
      ...stamps(),
    });
    return { ...toScenario(row), warnings };
  });
}

export async function listScenarios(
  { projectId, moduleId, text }: ModuleChildFilter,
  sort: Sort,
  paging: Paging,
): Promise<Page<Scenario>> {
  const { column, direction } = directionOf(sort);
  let rows = database().selectFrom('scenarios').selectAll();
  if (moduleId !== undefined) rows = rows.where('moduleId', '=', moduleId);
  if (projectId !== undefined) {
    rows = rows.where((eb) =>
      eb.exists(
        eb
          .selectFrom('modules')
          .select('modules.id')
          .whereRef('modules.id', '=', 'scenarios.moduleId')
          .where('modules.projectId', '=', projectId),
      ),
    );
  }
  if (text !== undefined) rows = rows.where(hasText(['name', 'description'], text));
  const page = await listRows(rows.orderBy(column, direction).orderBy('id', direction), paging);
  return { ...page, items: page.items.map(toScenario) };
}

/** @throws ApiError NOT_FOUND; CONFLICT; NAME_TAKEN; SCENARIO_INVALID with the paths of the steps */
export function updateScenario(
  id: number,
  version: number,
  { name, description, steps: given }: Partial<ScenarioFields>,
): Promise<SavedScenario> {
  const steps = given && giveStepIds(given);
  return inTransaction(async (db) => {
    const present = await findRow(db, 'scenarios', id);
    const { moduleId } = present;
    if (name !== undefined) {
      await refuseTakenName(db, { table, ownerId: moduleId, name: name.trim(), except: id });
    }
    const changes = { name: name?.trim(), description, stepsJson: steps && JSON.stringify(steps) };
    const scenario = toScenario(await updateRow(db, 'scenarios', { id, version, changes }));
    // What has stayed is not refused: a scenario can be renamed although an entry of its steps was removed.
    const warnings = steps === undefined ? [] : await checkSteps(db, { id, moduleId }, steps);
    return { ...scenario, warnings };
  });
}

export function duplicateScenario(id: number, wanted: string | undefined): Promise<Scenario> {
  return inTransaction(async (db) => {
    const row = await findRow(db, 'scenarios', id);
    const named = await nameCopy(db, { table, ownerId: row.moduleId, original: row.name, wanted });
    const copy = await insertRow(db, 'scenarios', { ...asNew(row), ...named });
    return toScenario(copy);
  });
}

export function toScenario(row: Row<'scenarios'>): Scenario {
  return {
    ...editedOf(row),
    moduleId: row.moduleId,
    name: row.name,
    description: row.description,
    steps: fromJson(row.stepsJson),
  };
}
