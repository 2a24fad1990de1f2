import type { ProjectSettings, Retention } from '../model/project.ts';
import { findRow } from '../storage/find-row.ts';
import type { Database } from '../storage/open-database.ts';
import { finishRemovals, removeRecord } from './remove-records.ts';

const day = 86_400_000;

/** Removes what `retention` does not keep; never a run that has not ended. Gives the ids of the removed ones. */
export async function applyRetention(db: Database, project: number, retention: Limits): Promise<number[]> {
  const { days, records } = retention;
  const ended = db
    .selectFrom('testRecords')
    .select('id')
    .where('projectId', '=', project)
    .where('removing', '=', 0)
    .where('status', 'not in', ['queued', 'running']);
  const surplus = new Set<number>();
  if (days !== undefined) {
    const limit = new Date(Date.now() - days * day).toISOString();
    const old = await ended
      .where((where) =>
        where.or([
          where('completedAt', '<', limit),
          where.and([where('completedAt', 'is', null), where('createdAt', '<', limit)]),
        ]),
      )
      .execute();
    for (const { id } of old) surplus.add(id);
  }
  if (records !== undefined) {
    // Ids only, and all of them: `offset` without `limit` is not the same everywhere.
    const newestFirst = await ended.orderBy('createdAt', 'desc').orderBy('id', 'desc').execute();
    for (const { id } of newestFirst.slice(records)) surplus.add(id);
  }
  const removed: number[] = [];
  for (const id of [...surplus].toSorted((a, b) => a - b)) {
    // Another process may clean up at the same time.
    const gone = await removeRecord(db, id).then(
      () => true,
      () => false,
    );
    if (gone) removed.push(id);
  }
  return removed;
}

/**
 * What the settings of a project say.
 *
 * @throws ApiError NOT_FOUND
 */
export async function retentionOf(db: Database, project: number): Promise<Retention> {
  const { settingsJson } = await findRow(db, 'projects', project);
  return (JSON.parse(settingsJson) as ProjectSettings).retention ?? {};
}

/** What limits nothing keeps everything. */
interface Limits {
  days?: number | undefined;
  records?: number | undefined;
}

/** Applies the retention of each project's settings, and ends removals that were cut off. */
export async function applyAllRetentions(db: Database): Promise<number> {
  await finishRemovals(db);
  let removed = 0;
  for (const { id, settingsJson } of await db
    .selectFrom('projects')
    .select(['id', 'settingsJson'])
    .execute()) {
    const { retention } = JSON.parse(settingsJson) as ProjectSettings;
    if (retention !== undefined) removed += (await applyRetention(db, id, retention)).length;
  }
  return removed;
}
