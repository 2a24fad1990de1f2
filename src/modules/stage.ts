import type { Found } from './disk.ts';
import { LoadProblem } from './load-problem.ts';
import { isInstalled, awaitedPaths, resolveImport, type PathsMatcher } from './resolve-import.ts';
import { toSourceFile, type SourceFile } from './source-file.ts';
import { isLoadable } from './transpile.ts';
import type { Transpiler } from './transpile-cache.ts';

/** What changed on disk against what is live, parsed and ready to be linked. */
export interface Stage {
  /** New versions by file, also of files that a new version imports for the first time. */
  readonly sources: ReadonlyMap<string, SourceFile>;
  /** Files whose new version cannot be read or parsed. */
  readonly problems: ReadonlyMap<string, LoadProblem>;
  /** Content hashes of all that was read, to see later whether it still holds. */
  readonly hashes: ReadonlyMap<string, string>;
  readonly removed: ReadonlySet<string>;
}

export interface StageOptions {
  readonly paths: PathsMatcher;
  readonly transpiler: Pick<Transpiler, 'transpile'>;
  /** The live version of a file, whose imports need not be read again. */
  readonly liveSource: (file: string) => SourceFile | undefined;
  /** Reads a file that is imported for the first time. */
  readonly read: (file: string) => Promise<Found>;
  /** Parsed versions that did not make it in an earlier reload. */
  readonly parsedBefore: ReadonlyMap<string, SourceFile>;
}

/** Parses the changed files (text, or undefined for removed ones) and all new files that they import. */
export async function createStage(
  changes: ReadonlyMap<string, Found>,
  options: StageOptions,
): Promise<Stage> {
  const sources = new Map<string, SourceFile>();
  const problems = new Map<string, LoadProblem>();
  const hashes = new Map<string, string>();
  const removed = new Set<string>();

  async function add(file: string, change: Found): Promise<void> {
    if (change === undefined) return void removed.add(file);
    if (change instanceof LoadProblem) return void problems.set(file, change);
    hashes.set(file, change.hash);
    try {
      const before = options.parsedBefore.get(file);
      const source =
        before?.hash === change.hash ? before : await toSourceFile(file, change, options.transpiler);
      sources.set(file, source);
      await addNewImports(source);
    } catch (error) {
      if (!(error instanceof LoadProblem)) throw error;
      problems.set(file, error);
    }
  }

  async function addNewImports(source: SourceFile): Promise<void> {
    await Promise.all(
      localImports(source, options.paths).map(async (file) => {
        if (hashes.has(file) || changes.has(file) || options.liveSource(file) !== undefined) return;
        hashes.set(file, '');
        const text = await options.read(file);
        if (text !== undefined) await add(file, text);
      }),
    );
  }

  await Promise.all([...changes].map(([file, change]) => add(file, change)));
  return { sources, problems, hashes, removed };
}

/** Local files that a version imports, static and dynamic; those not found are left out. */
export function localImports(source: SourceFile, paths: PathsMatcher): string[] {
  if (source.content.kind === 'json') return [];
  const { imports, dynamicImports } = source.content.transpiled;
  const specifiers = [...imports.map(({ specifier }) => specifier), ...dynamicImports];
  const files = specifiers.map((specifier) => {
    const resolved = resolveImport(specifier, source.file, paths);
    return resolved.kind === 'local' && isLoadable(resolved.file) && !isInstalled(resolved.file)
      ? resolved.file
      : undefined;
  });
  return [...new Set(files.filter((file) => file !== undefined))];
}

/** Files and folders whose coming may mend a missing import of a version. */
export function awaitedBy({ file, content }: SourceFile, paths: PathsMatcher): string[] {
  if (content.kind === 'json') return [];
  return content.transpiled.imports.flatMap(({ specifier }) => awaitedPaths(specifier, file, paths));
}
