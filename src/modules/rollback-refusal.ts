import { ApiError } from '../contract/api-error.ts';
import type { ModuleFailure } from '../registry/snapshot.ts';

/**
 * Why a rollback must not be taken over: a module that it is about does not load, or one that serves would
 * stop. What fails besides, and has never served, holds nobody back.
 */
export function rollbackRefusal(
  results: readonly { readonly failed: ReadonlyMap<string, ModuleFailure> }[],
  targets: ReadonlySet<string>,
  serves: (file: string) => boolean,
): ApiError | undefined {
  const failures = results.flatMap(({ failed }) =>
    [...failed].flatMap(([file, failure]) => (targets.has(file) || serves(file) ? [failure] : [])),
  );
  if (failures.length === 0) return undefined;
  const reasons = failures.map(({ file, line, cause }) => {
    const place = line === undefined ? file : `${file}:${line}`;
    return `${place}: ${cause}`;
  });
  return new ApiError('ROLLBACK_FAILED', `nothing has changed: ${[...new Set(reasons)].join('; ')}`, {
    details: failures.map(({ module, file, line, cause }) => ({
      module,
      file,
      ...(line === undefined ? {} : { line }),
      cause,
    })),
  });
}
