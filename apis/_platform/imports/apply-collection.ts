import { isDeepStrictEqual } from 'node:util';
import type { PreparedCollection } from '../importers/prepared-collection.ts';
import type { Database } from '../storage/open-database.ts';
import { applyCategories, categoryIds } from './apply-categories.ts';
import { applyEntries, presentEntries, removeEntries } from './apply-entries.ts';
import { applySchemas, removeUnusedSchemas } from './apply-schemas.ts';
import { applyEnvironments, applyVariables } from './apply-variables.ts';
import { noCounts, type EntryOutcome, type ImportReport, type MergeMode } from './import-report.ts';
import { planEntries, type EntryPlan, type PlannedEntry, type PresentEntry } from './plan-entries.ts';
import { findTarget, type ImportTarget, type TargetModule } from './target-module.ts';
import { unsetVariables } from './unset-variables.ts';

export interface ApplyOptions {
  target: ImportTarget;
  mode: MergeMode;
  /** Fields that an update leaves as they are. */
  keep: ReadonlySet<string>;
}

const maxOutcomes = 10_000;
const maxNotConverted = 1000;

/** Brings one document into the catalog, within the caller's transaction. */
export async function applyCollection(
  db: Database,
  collection: PreparedCollection,
  { target, mode, keep }: ApplyOptions,
): Promise<ImportReport> {
  const { projectId, module } = await findTarget(db, target, collection);
  const { skipped, notConverted, entries } = collection;
  const report: ImportReport = {
    file: collection.file,
    format: collection.format,
    moduleId: module?.id ?? null,
    module: module?.name ?? '',
    mode,
    read: entries.length + skipped.length,
    added: 0,
    updated: 0,
    unchanged: 0,
    skipped: skipped.length,
    removed: 0,
    entries: skipped.map(({ where, name, reason }) => ({
      action: 'skipped',
      where,
      method: '',
      url: '',
      name,
      reason,
    })),
    omittedEntries: 0,
    categories: noCounts(),
    environments: noCounts(),
    variables: noCounts(),
    schemas: noCounts(),
    notConverted: notConverted.slice(0, maxNotConverted),
    omittedNotConverted: Math.max(0, notConverted.length - maxNotConverted),
    unsetVariables: [],
  };
  if (module !== undefined) {
    await applyToModule(db, collection, { module, mode, keep, report });
    await applyVariables(db, collection.variables, {
      holder: { column: 'moduleId', id: module.id },
      mode,
      counts: report.variables,
    });
  }
  await applyEnvironments(db, collection.environments, {
    projectId,
    mode,
    environments: report.environments,
    variables: report.variables,
  });
  report.unsetVariables = await unsetVariables(db, collection.used, { projectId, moduleId: module?.id });
  report.omittedEntries = Math.max(0, report.entries.length - maxOutcomes);
  report.entries = report.entries.slice(0, maxOutcomes);
  return report;
}

interface ModulePart {
  module: TargetModule;
  mode: MergeMode;
  keep: ReadonlySet<string>;
  report: ImportReport;
}

async function applyToModule(db: Database, collection: PreparedCollection, part: ModulePart): Promise<void> {
  const { module, mode, keep, report } = part;
  await applyAuth(db, collection, part);
  const known = await categoryIds(db, module.id);
  const plan = planEntries(collection.entries, await presentEntries(db, module.id), {
    mode,
    keep,
    categoryId: ({ category }) => (category === undefined ? null : known.get(category)),
  });
  const written = plan.entries.filter(({ action }) => action === 'added' || action === 'updated');
  const needed = new Set(written.map(({ entry }) => entry.category).filter((name) => name !== undefined));
  const categories = await applyCategories(db, collection.categories, {
    moduleId: module.id,
    mode,
    needed,
    counts: report.categories,
  });
  const touched = mode === 'addOnly' ? written : plan.entries;
  const schemaNames = await applySchemas(db, collection, {
    moduleId: module.id,
    mode,
    entries: touched.map(({ entry }) => entry),
    counts: report.schemas,
  });
  const ids = await applyEntries(db, plan, { moduleId: module.id, categories, schemaNames, keep });
  if (mode === 'replace') {
    await removeEntries(db, plan.others);
    report.removed = plan.others.length;
    report.entries.push(...plan.others.map(toRemoved));
  }
  if (mode !== 'addOnly') await removeUnusedSchemas(db, module.id);
  addOutcomes(report, plan, ids);
}

/** The auth of a document is that of its module: of a new one, and where an update may change it. */
async function applyAuth(
  db: Database,
  { auth }: PreparedCollection,
  { module, mode, keep }: ModulePart,
): Promise<void> {
  if (auth === undefined || keep.has('auth') || (mode === 'addOnly' && !module.isNew)) return;
  if (isDeepStrictEqual(JSON.parse(module.authJson), auth)) return;
  await db
    .updateTable('modules')
    .set((eb) => ({ authJson: JSON.stringify(auth), version: eb('version', '+', module.isNew ? 0 : 1) }))
    .where('id', '=', module.id)
    .execute();
}

function addOutcomes(report: ImportReport, plan: EntryPlan, ids: ReadonlyMap<PlannedEntry, number>): void {
  for (const planned of plan.entries) {
    report[planned.action]++;
    if (planned.action !== 'unchanged') report.entries.push(toOutcome(planned, ids.get(planned)));
  }
}

function toOutcome(planned: PlannedEntry, addedId: number | undefined): EntryOutcome {
  const { action, entry } = planned;
  const { method, url, name } = entry.columns;
  const id = planned.action === 'added' ? addedId : planned.present.id;
  return {
    action,
    where: entry.where,
    method,
    url,
    name,
    ...(id === undefined ? {} : { id }),
    ...(planned.action === 'updated' ? { fields: planned.fields } : {}),
    ...(planned.action === 'skipped' ? { reason: planned.reason } : {}),
  };
}

function toRemoved({ id, method, url, name }: PresentEntry): EntryOutcome {
  return { action: 'removed', where: '', method, url, name, id };
}
