import { runApart } from '../contract/main-thread.ts';
import { evaluate, runWithin, type LoadHost } from './load-module.ts';
import { loadFiles } from './load-files.ts';
import { LoadProblem } from './load-problem.ts';
import { toModuleFailure } from './module-failure.ts';
import type { PackageLoader } from './packages.ts';
import type { LineCacheOptions } from '../storage/line-cache.ts';
import { createTranspiler } from './transpile-cache.ts';
import { readText } from './source-file.ts';
import { readUserTsconfig } from './user-tsconfig.ts';

export interface EvaluateFileOptions {
  readonly packages: PackageLoader;
  readonly runtimeExports: Readonly<Record<string, unknown>>;
  /** Seconds. */
  readonly timeout: number;
  /** Where to keep what it was transpiled to. Default: nowhere. */
  readonly cache?: LineCacheOptions | undefined;
}

/**
 * Evaluates a TypeScript file once, apart from everything that is served, and gives its exports. Each call
 * evaluates it anew: this is how `config.ts` is read and read again.
 *
 * @throws Error whose message has file, line and cause
 */
export async function evaluateFile(
  file: string,
  options: EvaluateFileOptions,
): Promise<Record<string, unknown>> {
  const { packages, timeout, runtimeExports, cache } = options;
  const tsconfig = readUserTsconfig(file);
  const host: LoadHost = {
    packages,
    paths: tsconfig.paths,
    runtimeExports,
    loadLate: (late) =>
      Promise.reject(new Error(`'${late}' is imported by a computed name; write it as a literal`)),
    loadTimeout: () => timeout,
    afterLateEvaluation: () => Promise.resolve(),
  };
  const transpiler = createTranspiler(tsconfig.raw, cache);
  const loading = { packages, tsconfig, transpiler, timeout, known: () => undefined, read: readText };
  const instances = await loadFiles(file, loading).catch((error: unknown) => {
    throw withPlace(error, file, () => undefined);
  });
  await transpiler.close(new Set(instances.keys()));
  const instance = instances.get(file);
  if (instance === undefined) throw new LoadProblem(`'${file}' does not exist`, { file });
  try {
    const { exports } = await runApart(() => ({
      exports: runWithin(timeout, () => evaluate(instance, host)),
    }));
    return exports as Record<string, unknown>;
  } catch (error) {
    throw withPlace(error, file, (at) => instances.get(at)?.source);
  } finally {
    // Nobody disposes of it.
    for (const { scope } of instances.values()) scope?.forget();
  }

  function withPlace(
    error: unknown,
    at: string,
    sourceOf: Parameters<typeof toModuleFailure>[1]['sourceOf'],
  ): Error {
    const failure = toModuleFailure(error, {
      module: undefined,
      file: at,
      projectDir: '',
      loadTimeout: timeout,
      sourceOf,
    });
    const line = failure.line === undefined ? '' : `:${failure.line}:${failure.column ?? 1}`;
    return new Error(
      `${failure.file}${line}: ${failure.cause}${failure.frame === undefined ? '' : `\n${failure.frame}`}`,
      { cause: error },
    );
  }
}
