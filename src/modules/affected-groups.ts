import type { ReloadReason } from '../registry/reload-report.ts';
import type { Changes } from './changes.ts';
import type { LiveModules } from './live-modules.ts';
import type { PathsMatcher } from './resolve-import.ts';
import { isServedFile, moduleNameOf } from './served-files.ts';
import { localImports, type Stage } from './stage.ts';
import type { Unfinished } from './unfinished.ts';

export interface AffectedOptions {
  readonly reason: ReloadReason;
  readonly changes: Changes;
  readonly live: LiveModules;
  readonly unfinished: Pick<Unfinished, 'missingImports'>;
  readonly apisDir: string;
  readonly paths: PathsMatcher;
}

/** What has to be loaded anew, in groups of files that import each other. */
export function affectedGroups(stage: Stage, options: AffectedOptions): Set<string>[] {
  const groups = options.live.graph.components(affectedBy(stage, options));
  return options.reason === 'save' ? groups.filter(createIsDue(options)) : groups;
}

/** The changed files, whoever imports them, and whoever uses their types. */
function affectedBy(stage: Stage, { live, changes, paths }: AffectedOptions): Set<string> {
  const { graph, types } = live;
  for (const [file, source] of stage.sources) {
    const before = live.sourceOf(file) === undefined ? [] : graph.importsOf(file);
    graph.setImports(file, [...before, ...localImports(source, paths)]);
  }
  const changed = new Set([
    ...stage.sources.keys(),
    ...stage.problems.keys(),
    ...stage.removed,
    ...changes.types.keys(),
  ]);
  // Sorted, so that whatever depends on the order is the same each time.
  return new Set([...graph.withImporters([...changed, ...types.dependentsOf(changed)])].sort());
}

/**
 * A group that failed before is tried again when somebody touched it, when a missing import may be found now,
 * or when the file that had a module's name is gone.
 */
function createIsDue(options: AffectedOptions): (files: ReadonlySet<string>) => boolean {
  const { changes, live, unfinished, apisDir } = options;
  const fresh = new Set([
    ...changes.fresh,
    ...live.types.dependentsOf([...changes.fresh, ...changes.types.keys()]),
  ]);
  const gone = [...changes.files].flatMap(([file, found]) => (found === undefined ? [file] : []));
  const freed = new Set(gone.map((file) => moduleNameOf(file, apisDir)));
  return (files) =>
    [...files].some(
      (file) =>
        fresh.has(file) ||
        (changes.filesAppeared && unfinished.missingImports.has(file)) ||
        (isServedFile(file, apisDir) && freed.has(moduleNameOf(file, apisDir))),
    );
}
