import type { NextSnapshot } from '../registry/registry.ts';
import type { Endpoint, ModuleInstance } from '../registry/snapshot.ts';
import { reachableFrom, type FileInstance } from './file-instance.ts';
import { LiveTypes } from './live-types.ts';
import { ModuleGraph } from './module-graph.ts';
import type { SourceFile } from './source-file.ts';

/** A module that serves, or is about to. */
export interface ServedModule {
  readonly instance: FileInstance;
  readonly module: ModuleInstance;
  readonly endpoints: readonly Endpoint[];
}

/** What is loaded now, by file. Changed only by the reload, only right before a swap. */
export class LiveModules {
  readonly instances = new Map<string, FileInstance>();
  /** Edges of what is live and, besides, of versions that failed, so that a mend anywhere is noticed. */
  readonly graph = new ModuleGraph();
  /** Hashes of files that are imported for their types alone. */
  readonly typeFiles = new Map<string, string>();
  readonly types = new LiveTypes();
  readonly #served = new Map<string, ServedModule>();
  #servedFiles: readonly string[] | undefined;
  /** By file, what served at the last snapshot and is replaced or gone since. */
  readonly #replaced = new Map<string, ServedModule | undefined>();
  #snapshot: NextSnapshot = { swappedAt: new Date(), modules: new Map(), endpoints: new Map() };
  #reachable: ReadonlySet<FileInstance> = new Set();

  get served(): ReadonlyMap<string, ServedModule> {
    return this.#served;
  }

  /** Sorted; the same array until a file comes or goes. */
  get servedFiles(): readonly string[] {
    return (this.#servedFiles ??= [...this.#served.keys()].sort());
  }

  serve(file: string, module: ServedModule): void {
    this.#noteReplaced(file);
    if (!this.#served.has(file)) this.#servedFiles = undefined;
    this.#served.set(file, module);
  }

  remove(file: string): void {
    this.#noteReplaced(file);
    this.#served.delete(file);
    this.#servedFiles = undefined;
    this.types.delete(file);
  }

  sourceOf(file: string): SourceFile | undefined {
    return this.instances.get(file)?.source;
  }

  /** What serves now. Only what changed since the last snapshot is gone through. */
  toSnapshot(): NextSnapshot {
    const modules = new Map(this.#snapshot.modules);
    const endpoints = new Map(this.#snapshot.endpoints);
    const touched = new Set<string>();
    // First what goes: another file may take over its name.
    for (const [file, before] of this.#replaced) {
      if (before === undefined) continue;
      const now = this.#served.get(file);
      if (now?.module.module !== before.module.module) modules.delete(before.module.module);
      const stay = new Set(now?.endpoints.map(({ path }) => path));
      for (const { path } of before.endpoints) {
        touched.add(path);
        if (!stay.has(path)) endpoints.delete(path);
      }
    }
    for (const file of this.#replaced.keys()) {
      const now = this.#served.get(file);
      if (now === undefined) continue;
      modules.set(now.module.module, now.module);
      for (const endpoint of now.endpoints) {
        touched.add(endpoint.path);
        endpoints.set(endpoint.path, endpoint);
      }
    }
    this.#replaced.clear();
    this.#snapshot = { swappedAt: new Date(), modules, endpoints, touched };
    return this.#snapshot;
  }

  #noteReplaced(file: string): void {
    if (!this.#replaced.has(file)) this.#replaced.set(file, this.#served.get(file));
  }

  /** Forgets what no served module reaches any more, and gives it back for disposal. */
  prune(keepEdges: (file: string) => boolean): FileInstance[] {
    const reachable = reachableFrom([...this.#served.values()].map(({ instance }) => instance));
    // Followed again, and with all instances: a computed `import()` adds to them long after the swap.
    const before = reachableFrom([...this.#reachable, ...this.instances.values()]);
    const orphans = [...before].filter((instance) => !reachable.has(instance));
    this.#reachable = reachable;
    for (const [file, instance] of this.instances) {
      if (reachable.has(instance)) continue;
      this.instances.delete(file);
      if (!keepEdges(file)) this.graph.remove(file);
    }
    return orphans;
  }
}
