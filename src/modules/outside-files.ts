import { isWithin } from './is-within.ts';
import type { LiveModules } from './live-modules.ts';
import type { PathsMatcher } from './resolve-import.ts';
import { awaitedBy } from './stage.ts';
import type { Unfinished } from './unfinished.ts';

export interface OutsideOptions {
  readonly live: LiveModules;
  readonly unfinished: Unfinished;
  readonly apisDir: string;
  readonly paths: PathsMatcher;
}

/** Files outside `apisDir` that matter. */
export function outsideFiles({ live, unfinished, apisDir, paths }: OutsideOptions): string[] {
  const files = [
    ...live.instances.keys(),
    ...live.typeFiles.keys(),
    ...unfinished.pending.keys(),
    ...[...unfinished.parsed().values()].flatMap((source) => awaitedBy(source, paths)),
  ];
  return files.filter((file) => !isWithin(file, [apisDir]));
}
