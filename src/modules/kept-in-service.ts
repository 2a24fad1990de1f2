import type { ModuleFailure } from '../registry/snapshot.ts';
import type { LiveModules } from './live-modules.ts';
import { displayPath } from './module-failure.ts';
import type { Stage } from './stage.ts';

/** Files that are gone and serve on, because `breakingChanges` is 'block'. */
export function keptInService(
  { removed }: Stage,
  live: LiveModules,
  projectDir: string,
): ReadonlyMap<string, ModuleFailure> {
  const kept = new Map<string, ModuleFailure>();
  for (const file of removed) {
    const served = live.served.get(file);
    if (served === undefined || served.endpoints.length === 0) continue;
    const cause = "the file is gone; its functions are served on, because breakingChanges is 'block'";
    const since = new Date().toISOString();
    kept.set(file, { module: served.module.module, file: displayPath(file, projectDir), cause, since });
  }
  return kept;
}
