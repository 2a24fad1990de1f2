import { walkScenario } from '../catalog/walk-steps.ts';
import type { ScenarioSteps } from '../model/scenario.ts';
import type { Database } from '../storage/open-database.ts';
import type { Row } from '../storage/tables.ts';
import { updateRow } from '../storage/update-row.ts';
import type { Served } from './mirror-endpoints.ts';
import { goneTag, isChanged } from './own-entry.ts';
import { lastOf, presentOf } from './own-rows.ts';

interface LetGo extends Pick<Served, 'endpoints' | 'isGone'> {
  entries: ReadonlyMap<string, Row<'apis'>>;
  /** Ids of own modules by name. */
  modules: ReadonlyMap<string, number>;
}

/** Removes entries whose endpoints are gone, or marks those that somebody needs; then modules that are left empty. */
export async function letGo(db: Database, from: LetGo): Promise<{ removed: number; marked: number }> {
  const { endpoints, isGone, entries, modules } = from;
  const served = new Set(endpoints.map(({ path }) => path));
  const servedModules = new Set(endpoints.map(({ module }) => module));
  const isLost = (module: string): boolean => !servedModules.has(module) && isGone(module);
  const lost = [...entries].filter(([path]) => {
    const module = path.slice(1, path.lastIndexOf('/'));
    return !served.has(path) && (servedModules.has(module) || isLost(module));
  });
  const used = lost.length === 0 ? new Set<number>() : await usedEntries(db);
  let removed = 0;
  let marked = 0;
  for (const [, row] of lost) {
    const tags = JSON.parse(row.tagsJson) as string[];
    if (!used.has(row.id) && !isPeoples(row)) {
      await db.deleteFrom('apis').where('id', '=', row.id).execute();
      removed++;
    } else if (!tags.includes(goneTag)) {
      // Known as given, so that it goes again when the endpoint is back.
      const last = lastOf(row);
      const changes = {
        tagsJson: JSON.stringify([...tags, goneTag]),
        ownJson: JSON.stringify({ ...last, tags: [...last.tags, goneTag] }),
      };
      await updateRow(db, 'apis', { id: row.id, version: row.version, changes });
      marked++;
    }
  }
  for (const [module, id] of modules) if (isLost(module)) await removeWhenEmpty(db, id);
  return { removed, marked };
}

/** Whether people put something into it, or moved it. */
function isPeoples(row: Row<'apis'>): boolean {
  const { categoryId, pathParamsJson, paramsJson, headersJson, extractionsJson, settingsJson, authJson } =
    row;
  return (
    categoryId !== null ||
    [pathParamsJson, paramsJson, headersJson, extractionsJson].some((list) => list !== '[]') ||
    settingsJson !== '{}' ||
    (JSON.parse(authJson) as { type: string }).type !== 'inherit' ||
    isChanged(presentOf(row), lastOf(row))
  );
}

/** Ids of entries that steps of scenarios refer to. */
async function usedEntries(db: Database): Promise<Set<number>> {
  const used = new Set<number>();
  for (const { stepsJson } of await db.selectFrom('scenarios').select('stepsJson').execute()) {
    for (const { step } of walkScenario(JSON.parse(stepsJson) as ScenarioSteps))
      if (step.type === 'api') used.add(step.api);
  }
  return used;
}

async function removeWhenEmpty(db: Database, id: number): Promise<void> {
  for (const table of ['apis', 'scenarios', 'categories', 'variables'] as const) {
    const inside = await db.selectFrom(table).select('id').where('moduleId', '=', id).executeTakeFirst();
    if (inside !== undefined) return;
  }
  await db.deleteFrom('modules').where('id', '=', id).execute();
}
