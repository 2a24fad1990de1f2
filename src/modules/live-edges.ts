import { importedFiles, type FileInstance } from './file-instance.ts';
import type { LiveModules } from './live-modules.ts';
import type { PathsMatcher } from './resolve-import.ts';
import { localImports, type Stage } from './stage.ts';
import type { Unfinished } from './unfinished.ts';

/** Local files that an instance imports: as its text says, and as it did at calls. */
export function importsOf(instance: FileInstance, paths: PathsMatcher): string[] {
  return [...localImports(instance.source, paths), ...importedFiles(instance)];
}

export interface EdgeState {
  readonly live: LiveModules;
  readonly unfinished: Unfinished;
  readonly paths: PathsMatcher;
}

/** Takes the edges of versions that were staged and are not kept out of the graph. */
export function forgetEdges(stage: Stage, { live, unfinished, paths }: EdgeState): void {
  for (const file of stage.sources.keys()) {
    const instance = live.instances.get(file);
    if (instance !== undefined) live.graph.setImports(file, importsOf(instance, paths));
    else if (!unfinished.pending.has(file)) live.graph.remove(file);
  }
}
