import type { ModuleScope } from '../containment/module-scope.ts';
import type { LifecycleHook } from '../contract/lifecycle-hooks.ts';
import type { Namespace } from './packages.ts';
import type { ServiceView } from './service-view.ts';
import type { SourceFile } from './source-file.ts';

/** What an import of one instance leads to. Direct references only: a table of files would keep old instances alive. */
export type Linked =
  | { readonly kind: 'file'; readonly instance: FileInstance }
  | { readonly kind: 'package'; readonly namespace: Namespace }
  | { readonly kind: 'runtime' };

/** One evaluation of one version of a local file: there is one per file and generation, shared by all its importers. */
export interface FileInstance {
  readonly source: SourceFile;
  /** By specifier. */
  readonly imports: Map<string, Linked>;
  readonly module: { exports: unknown };
  state: 'new' | 'evaluating' | 'evaluated' | 'failed';
  error: unknown;
  /** Rises with each evaluation in the process: dependencies come before their importers. 0 = not evaluated. */
  order: number;
  readonly loadHooks: LifecycleHook[];
  /** While `onLoad` hooks run, and rejected for good once one has failed. */
  loading: Promise<void> | undefined;
  readonly disposeHooks: LifecycleHook[];
  /** What it has made outside itself; from its evaluation on. */
  scope: ModuleScope | undefined;
  /** What it knows of the running service; once it has an `onLoad` hook. */
  view: ServiceView | undefined;
}

export function createFileInstance(source: SourceFile): FileInstance {
  return {
    source,
    imports: new Map(),
    module: { exports: {} },
    state: 'new',
    error: undefined,
    order: 0,
    loadHooks: [],
    loading: undefined,
    disposeHooks: [],
    scope: undefined,
    view: undefined,
  };
}

/** The given instances and all that they import, however indirectly. */
export function reachableFrom(instances: Iterable<FileInstance>): Set<FileInstance> {
  const reached = new Set(instances);
  for (const { imports } of reached) {
    for (const linked of imports.values()) if (linked.kind === 'file') reached.add(linked.instance);
  }
  return reached;
}

/** Local files that an instance holds on to, also those that it imported late. */
export function importedFiles({ imports }: FileInstance): string[] {
  return [...imports.values()].flatMap((linked) =>
    linked.kind === 'file' ? [linked.instance.source.file] : [],
  );
}
