import { runApart } from '../contract/main-thread.ts';
import { withDeadline } from './deadline.ts';
import type { FileInstance, Linked } from './file-instance.ts';
import { LoadProblem, placeOf } from './load-problem.ts';
import type { PackageLoader } from './packages.ts';
import { resolveImport, type PathsMatcher } from './resolve-import.ts';

export interface LinkOptions {
  readonly packages: PackageLoader;
  readonly paths: PathsMatcher;
  /** The instance of a local file in the generation that is being built. */
  readonly instanceOf: (file: string) => FileInstance | undefined;
  /** Seconds that a package may take to load. */
  readonly timeout: number;
}

/**
 * Connects an instance to all that it imports, and loads the packages among it, so that evaluation needs
 * no waiting. An import that is not found makes the instance fail when somebody evaluates it.
 */
export async function link(instance: FileInstance, options: LinkOptions): Promise<void> {
  const { content } = instance.source;
  if (content.kind === 'json') return;
  const { imports, dynamicImports } = content.transpiled;
  try {
    await Promise.all(
      imports.map(async ({ specifier }) => {
        instance.imports.set(specifier, await linkImport(specifier, instance, options));
      }),
    );
  } catch (problem) {
    instance.state = 'failed';
    instance.error = problem;
  }
  for (const specifier of dynamicImports) {
    const resolved = resolveImport(specifier, instance.source.file, options.paths);
    const target = resolved.kind === 'local' ? options.instanceOf(resolved.file) : undefined;
    if (target !== undefined) instance.imports.set(specifier, { kind: 'file', instance: target });
  }
}

async function linkImport(specifier: string, instance: FileInstance, options: LinkOptions): Promise<Linked> {
  const { file } = instance.source;
  const resolved = resolveImport(specifier, file, options.paths);
  switch (resolved.kind) {
    case 'runtime':
      return { kind: 'runtime' };
    case 'local': {
      const target = options.instanceOf(resolved.file);
      if (target !== undefined) return { kind: 'file', instance: target };
      throw missing(specifier, instance);
    }
    case 'package':
      return { kind: 'package', namespace: await loadPackage(resolved.specifier, instance, options) };
    case 'missing':
      throw missing(specifier, instance);
  }
}

function missing(specifier: string, { source }: FileInstance): LoadProblem {
  const cause = `cannot find '${specifier}'; no such file seen from ${source.file}`;
  return new LoadProblem(cause, {
    ...placeOf(specifier, source.text, source.file),
    missingImport: specifier,
  });
}

async function loadPackage(specifier: string, { source }: FileInstance, options: LinkOptions) {
  try {
    const work = runApart(() => options.packages.load(specifier, source.file));
    return await withDeadline(work, options.timeout, `did not load within ${options.timeout} s`);
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    const reason =
      code === 'ERR_MODULE_NOT_FOUND'
        ? `${message}; install it, or correct its name`
        : (message ?? String(error));
    const place = { ...placeOf(specifier, source.text, source.file), missingImport: specifier };
    throw new LoadProblem(`package '${specifier}': ${reason}`, place, error);
  }
}
