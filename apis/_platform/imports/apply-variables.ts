import { asText } from '../importers/read-node.ts';
import type { ImportedEnvironment, ImportedVariable } from '../importers/importer.ts';
import { sealSecret } from '../secrets/secrets.ts';
import { insertRow } from '../storage/insert-row.ts';
import type { Database } from '../storage/open-database.ts';
import { nextPosition } from '../storage/placement.ts';
import { stamps } from '../storage/stamps.ts';
import type { MergeMode, PartCounts } from './import-report.ts';

export interface VariableHolder {
  column: 'environmentId' | 'moduleId';
  id: number;
}

interface Merge {
  mode: MergeMode;
  counts: PartCounts;
}

/** Adds variables that are missing. Values that are there are people's own: only `replace` changes them. */
export async function applyVariables(
  db: Database,
  variables: readonly ImportedVariable[],
  { holder, mode, counts }: Merge & { holder: VariableHolder },
): Promise<void> {
  if (variables.length === 0) return;
  const rows = await db.selectFrom('variables').selectAll().where(holder.column, '=', holder.id).execute();
  const present = new Map(rows.map((row) => [row.name, row]));
  for (const variable of new Map(variables.map((one) => [one.name, one])).values()) {
    const { name, secret = false, enabled = true } = variable;
    const now = present.get(name);
    if (
      now !== undefined &&
      (mode !== 'replace' || (!secret && now.secret === 0 && now.value === JSON.stringify(variable.value)))
    ) {
      counts.unchanged++;
      continue;
    }
    const value = secret ? sealSecret(asText(variable.value)) : JSON.stringify(variable.value);
    if (now === undefined) {
      const owner = { environmentId: null, moduleId: null, projectId: null, [holder.column]: holder.id };
      await db
        .insertInto('variables')
        .values({ ...owner, name, value, secret: Number(secret), enabled: Number(enabled), ...stamps() })
        .execute();
      counts.added++;
    } else {
      const updatedAt = new Date().toISOString();
      await db
        .updateTable('variables')
        .set({ value, secret: Number(secret), enabled: Number(enabled), updatedAt })
        .where('id', '=', now.id)
        .execute();
      counts.updated++;
    }
  }
}

/** Environments by their names, with the variables that they lack. */
export async function applyEnvironments(
  db: Database,
  environments: readonly ImportedEnvironment[],
  merge: { projectId: number; mode: MergeMode; environments: PartCounts; variables: PartCounts },
): Promise<void> {
  const { projectId, mode } = merge;
  for (const { name, variables } of environments) {
    const present = await db
      .selectFrom('environments')
      .select('id')
      .where('projectId', '=', projectId)
      .where('name', '=', name)
      .executeTakeFirst();
    const before = merge.variables.added + merge.variables.updated;
    const id = present?.id ?? (await addEnvironment(db, projectId, name));
    await applyVariables(db, variables, {
      holder: { column: 'environmentId', id },
      mode,
      counts: merge.variables,
    });
    const changed = merge.variables.added + merge.variables.updated > before;
    merge.environments[present === undefined ? 'added' : changed ? 'updated' : 'unchanged']++;
  }
}

async function addEnvironment(db: Database, projectId: number, name: string): Promise<number> {
  const { id } = await insertRow(db, 'environments', {
    projectId,
    name,
    description: '',
    position: await nextPosition(db, { table: 'environments', ownerId: projectId }),
    ...stamps(),
  });
  return id;
}
