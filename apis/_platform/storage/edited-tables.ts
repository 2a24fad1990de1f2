import type { Kysely } from 'kysely';
import type { Database } from './open-database.ts';

/** Tables that people edit: what they are called in messages, and to whom their rows belong. */
export const editedTables = {
  projects: { label: 'project', owner: undefined },
  modules: { label: 'module', owner: { table: 'projects', column: 'projectId' } },
  categories: { label: 'category', owner: { table: 'modules', column: 'moduleId' } },
  apis: { label: 'catalog entry', owner: { table: 'modules', column: 'moduleId' } },
  scenarios: { label: 'scenario', owner: { table: 'modules', column: 'moduleId' } },
  environments: { label: 'environment', owner: { table: 'projects', column: 'projectId' } },
  datasets: { label: 'dataset', owner: { table: 'projects', column: 'projectId' } },
  files: { label: 'file', owner: { table: 'projects', column: 'projectId' } },
} as const;

export type EditedTable = keyof typeof editedTables;

interface EditedRow {
  id: number;
  name: string;
  position: number;
  version: number;
  updatedAt: string;
  projectId: number;
  moduleId: number;
}

/** What these tables have in common, under one name: Kysely cannot type a table that is chosen at run time. */
export function asEdited(db: Database): Kysely<{ edited: EditedRow }> {
  return db as unknown as Kysely<{ edited: EditedRow }>;
}

export function named(table: EditedTable): 'edited' {
  return table as unknown as 'edited';
}
