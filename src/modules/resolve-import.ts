import { existsSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, extname, isAbsolute, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a specifier stands for, seen from one file. */
export type ResolvedImport =
  /** `api-deploy` itself: the runtime's own instance. */
  | { readonly kind: 'runtime' }
  /** A file that the module graph loads and watches. */
  | { readonly kind: 'local'; readonly file: string }
  /** Node's own loader finds and keeps it. */
  | { readonly kind: 'package'; readonly specifier: string }
  | { readonly kind: 'missing'; readonly specifier: string };

export const runtimePackage = 'api-deploy';

/** Endings tried for what an author writes, TypeScript first: a stale `.js` beside a `.ts` must not win. */
const insteadOf: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx', '.js'],
  '.jsx': ['.tsx', '.jsx'],
  '.mjs': ['.mts', '.mjs'],
  '.cjs': ['.cts', '.cjs'],
};
const added = ['.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json'];

/** Gives candidates (absolute paths without ending) for a specifier that matches tsconfig `paths`. */
export interface PathsMatcher {
  (specifier: string): readonly string[];
  /** Goes before the disk: whether a file is there, or undefined for a path of which the disk decides. */
  readonly isFile?: (path: string) => boolean | undefined;
}

/** Resolves the way TypeScript's `bundler` resolution does for local files; leaves packages to Node. */
export function resolveImport(specifier: string, importer: string, paths: PathsMatcher): ResolvedImport {
  if (specifier === runtimePackage) return { kind: 'runtime' };
  const path = localPath(specifier, importer);
  if (path !== undefined) {
    const file = findFile(path, paths);
    return file === undefined ? { kind: 'missing', specifier } : { kind: 'local', file };
  }
  if (isBuiltin(specifier)) return { kind: 'package', specifier };
  for (const candidate of paths(specifier)) {
    const file = findFile(candidate, paths);
    if (file !== undefined && !isInstalled(file)) return { kind: 'local', file };
  }
  return { kind: 'package', specifier };
}

/** What has to come before a local import that is missing now can be found: files, or the first folder on the way. */
export function awaitedPaths(specifier: string, importer: string, paths: PathsMatcher): readonly string[] {
  if (resolveImport(specifier, importer, paths).kind !== 'missing') return [];
  const path = localPath(specifier, importer);
  if (path === undefined) return [];
  let missing = dirname(path);
  if (existsSync(missing)) return candidates(path);
  while (!existsSync(dirname(missing))) missing = dirname(missing);
  return [missing];
}

function localPath(specifier: string, importer: string): string | undefined {
  const bare = specifier.replace(/[?#].*$/, '');
  if (bare.startsWith('file://')) return fileURLToPath(bare);
  if (/^\.\.?(?:\/|$)/.test(bare)) return resolve(dirname(importer), bare);
  return isAbsolute(bare) ? bare : undefined;
}

function findFile(path: string, { isFile: known }: PathsMatcher): string | undefined {
  return candidates(path).find((candidate) => known?.(candidate) ?? isFile(candidate));
}

function candidates(path: string): readonly string[] {
  const ending = extname(path);
  const stem = path.slice(0, path.length - ending.length);
  return [
    ...(insteadOf[ending] ?? []).map((other) => stem + other),
    ...(ending === '' ? [] : [path]),
    ...added.map((other) => path + other),
    ...added.map((other) => join(path, `index${other}`)),
  ];
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    // Links in a circle, a folder that may not be entered, a path below a pipe: nothing that can be imported.
    return false;
  }
}

/** Below a `node_modules`: belongs to Node's loader and is not watched. */
export function isInstalled(file: string): boolean {
  return file.includes(`${sep}node_modules${sep}`);
}
