import type { Disk } from './disk.ts';
import { importedFiles, type FileInstance } from './file-instance.ts';
import type { LiveModules } from './live-modules.ts';
import { loadFiles } from './load-files.ts';
import { LoadProblem } from './load-problem.ts';
import type { PackageLoader } from './packages.ts';
import type { SourceFile } from './source-file.ts';
import type { Transpiler } from './transpile-cache.ts';
import type { UserTsconfig } from './user-tsconfig.ts';

export interface LateLoaderOptions {
  readonly disk: Disk;
  readonly packages: PackageLoader;
  readonly tsconfig: UserTsconfig;
  readonly transpiler: Transpiler;
  readonly loadTimeout: () => number;
}

/** Loads local files that only a computed `import()` names, into the generation of their importer. */
export class LateLoader {
  readonly #live: LiveModules;
  readonly #options: LateLoaderOptions;
  #staged: ReadonlyMap<string, FileInstance> = new Map();
  readonly #loading = new Map<string, Promise<FileInstance>>();

  constructor(live: LiveModules, options: LateLoaderOptions) {
    this.#live = live;
    this.#options = options;
  }

  /** The component that is being staged: its members find each other before anything else. */
  stage(instances: ReadonlyMap<string, FileInstance>): void {
    this.#staged = instances;
  }

  stagedSource(file: string): SourceFile | undefined {
    return this.#staged.get(file)?.source;
  }

  /** @throws LoadProblem when the file cannot be read, parsed or linked */
  async load(file: string, importer: FileInstance): Promise<FileInstance> {
    const fromStage =
      this.#staged.get(importer.source.file) === importer ? this.#staged.get(file) : undefined;
    const instance = fromStage ?? this.#live.instances.get(file) ?? (await this.#loadOnce(file));
    // From now on the importer holds on to it, and follows when it changes.
    importer.imports.set(file, { kind: 'file', instance });
    this.#live.graph.addImport(importer.source.file, file);
    return instance;
  }

  #loadOnce(file: string): Promise<FileInstance> {
    let loading = this.#loading.get(file);
    if (loading === undefined) {
      loading = this.#loadNew(file).finally(() => this.#loading.delete(file));
      this.#loading.set(file, loading);
    }
    return loading;
  }

  async #loadNew(file: string): Promise<FileInstance> {
    const { loadTimeout, disk, ...options } = this.#options;
    const known = (at: string) => this.#live.instances.get(at);
    const read = (at: string) => disk.read(at);
    const instances = await loadFiles(file, { ...options, known, read, timeout: loadTimeout() });
    for (const [at, instance] of instances) {
      this.#live.instances.set(at, instance);
      this.#live.graph.setImports(at, importedFiles(instance));
    }
    const loaded = instances.get(file);
    if (loaded === undefined) throw new LoadProblem('is gone', { file });
    return loaded;
  }
}
