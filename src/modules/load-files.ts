import type { Found } from './disk.ts';
import { createFileInstance, type FileInstance } from './file-instance.ts';
import { link } from './link.ts';
import type { PackageLoader } from './packages.ts';
import type { SourceFile } from './source-file.ts';
import { createStage } from './stage.ts';
import type { Transpiler } from './transpile-cache.ts';
import type { UserTsconfig } from './user-tsconfig.ts';

export interface LoadFilesOptions {
  readonly packages: PackageLoader;
  readonly tsconfig: UserTsconfig;
  readonly transpiler: Transpiler;
  readonly read: (file: string) => Promise<Found>;
  /** Seconds that one package may take to load. */
  readonly timeout: number;
  /** Instances that exist already and are shared. */
  readonly known: (file: string) => FileInstance | undefined;
}

/**
 * Reads, parses and links a file and all that it imports, apart from what is known; evaluates nothing.
 *
 * @throws LoadProblem when a file cannot be read or parsed
 */
export async function loadFiles(
  file: string,
  options: LoadFilesOptions,
): Promise<ReadonlyMap<string, FileInstance>> {
  const { packages, tsconfig, timeout, transpiler } = options;
  const stage = await createStage(new Map([[file, await options.read(file)]]), {
    paths: tsconfig.paths,
    transpiler,
    liveSource: (at): SourceFile | undefined => options.known(at)?.source,
    read: options.read,
    parsedBefore: new Map(),
  });
  const [problem] = stage.problems.values();
  if (problem !== undefined) throw problem;
  const instances = new Map([...stage.sources].map(([at, source]) => [at, createFileInstance(source)]));
  const instanceOf = (at: string) => instances.get(at) ?? options.known(at);
  await Promise.all(
    [...instances.values()].map((instance) =>
      link(instance, { packages, paths: tsconfig.paths, instanceOf, timeout }),
    ),
  );
  return instances;
}
