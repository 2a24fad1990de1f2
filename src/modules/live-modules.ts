import type { NextSnapshot } from '../registry/registry.ts';
import type { Endpoint, ModuleInstance } from '../registry/snapshot.ts';
import type { FileSignatures } from '../signatures/signature-checker.ts';
import { reachableFrom, type FileInstance } from './file-instance.ts';
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
  readonly served = new Map<string, ServedModule>();
  readonly instances = new Map<string, FileInstance>();
  /** Edges of what is live and, besides, of versions that failed, so that a mend anywhere is noticed. */
  readonly graph = new ModuleGraph();
  /** By served file; also of versions that failed. */
  readonly signatures = new Map<string, FileSignatures>();
  /** Hashes of files that are imported for their types alone. */
  readonly typeFiles = new Map<string, string>();
  #reachable: ReadonlySet<FileInstance> = new Set();

  sourceOf(file: string): SourceFile | undefined {
    return this.instances.get(file)?.source;
  }

  /** Served files whose types reach one of `files`. */
  servedByTypes(files: ReadonlySet<string>): string[] {
    const found: string[] = [];
    for (const [served, { dependencies }] of this.signatures) {
      if (dependencies.some((file) => files.has(file))) found.push(served);
    }
    return found;
  }

  toSnapshot(): NextSnapshot {
    const served = [...this.served.values()];
    return {
      swappedAt: new Date(),
      modules: new Map(served.map(({ module }) => [module.module, module])),
      endpoints: new Map(
        served.flatMap(({ endpoints }) => endpoints.map((endpoint) => [endpoint.path, endpoint])),
      ),
    };
  }

  /** Forgets what no served module reaches any more, and gives it back for disposal. */
  prune(keepEdges: (file: string) => boolean): FileInstance[] {
    const reachable = reachableFrom([...this.served.values()].map(({ instance }) => instance));
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
