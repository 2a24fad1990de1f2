import type { Database } from '../storage/open-database.ts';

const most = 200;

/** Names that requests use and that nothing sets: no variable of module, project or an environment, no extraction. */
export async function unsetVariables(
  db: Database,
  used: readonly string[],
  { projectId, moduleId }: { projectId: number; moduleId: number | undefined },
): Promise<string[]> {
  if (used.length === 0) return [];
  const rows = await db
    .selectFrom('variables')
    .leftJoin('environments', 'environments.id', 'variables.environmentId')
    .select('variables.name')
    .where((eb) =>
      eb.or([
        eb('variables.projectId', '=', projectId),
        eb('environments.projectId', '=', projectId),
        ...(moduleId === undefined ? [] : [eb('variables.moduleId', '=', moduleId)]),
      ]),
    )
    .execute();
  const set = new Set(rows.map(({ name }) => name));
  if (moduleId !== undefined) {
    const extracting = await db
      .selectFrom('apis')
      .select('extractionsJson')
      .where('moduleId', '=', moduleId)
      .where('extractionsJson', '!=', '[]')
      .execute();
    for (const { extractionsJson } of extracting) {
      for (const { name } of JSON.parse(extractionsJson) as { name: string }[]) set.add(name);
    }
  }
  // `user.id` is a way into `user`.
  return used.filter((name) => !set.has(name) && !set.has(name.split(/[.[]/, 1)[0] ?? '')).slice(0, most);
}
