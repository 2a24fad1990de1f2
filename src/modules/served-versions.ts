import type { LiveModules } from './live-modules.ts';

/** Which versions of which files serve, for whoever plans to serve others. */
export interface ServedVersions {
  /** Files of served modules. */
  readonly served: readonly string[];
  /** Of a file that is loaded, or imported for its types alone. */
  hashOf(file: string): string | undefined;
  /** Of a file that is loaded. */
  sourceOf(file: string): { readonly hash: string; readonly text: string } | undefined;
  /** Local files that a file imports, also those that it needs for their types alone. */
  importsOf(file: string): Iterable<string>;
}

export function toServedVersions(live: LiveModules): ServedVersions {
  return {
    served: live.servedFiles,
    hashOf: (file) => live.sourceOf(file)?.hash ?? live.typeFiles.get(file),
    sourceOf: (file) => live.sourceOf(file),
    importsOf: (file) => [...live.graph.importsOf(file), ...(live.types.get(file)?.dependencies ?? [])],
  };
}
