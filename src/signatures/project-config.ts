import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { ParsedConfig } from './checker.ts';
import type { SignatureCheckerOptions } from './signature-checker.ts';

/** Name of the project's tsconfig; it exists in memory only. */
const configName = '.api-deploy.tsconfig.json';

/** The project that served files are checked in. */
export interface ProjectConfig {
  readonly file: string;
  /** Folder of the runtime's own declarations, where `CallContext` and the endpoints' mark come from. */
  readonly declarationsDir: string;
  /** Packages that are only found from the runtime, as links to be laid over the disk: link → folder. */
  readonly links: ReadonlyMap<string, string>;
  /** Global declaration files that the user's tsconfig names. */
  readonly globalFiles: (user: ParsedConfig | undefined) => readonly string[];
  /** The tsconfig's text. */
  readonly toText: (served: readonly string[], user: ParsedConfig | undefined) => string;
}

export function createProjectConfig(options: SignatureCheckerOptions): ProjectConfig {
  const root = options.root;
  const declarations = declarationsOf(options.runtimeDir);
  const globalFiles = (user: ParsedConfig | undefined): readonly string[] =>
    (user?.fileNames ?? []).filter((file) => /\.d\.[cm]?ts$/.test(file) && !file.includes('/node_modules/'));

  const compilerOptions = (user: ParsedConfig | undefined): object => ({
    ...forcedOptions,
    types: [...new Set([...stringsOf(user?.options['types']).filter((name) => name !== '*'), 'node'])],
    typeRoots: typeRootsOf(options, user),
    paths: { ...userPaths(user), 'api-deploy': [declarations] },
  });
  // Looks at the disk, and stays the same from one save to the next.
  let known: { readonly user: ParsedConfig | undefined; readonly compilerOptions: object } | undefined;

  return {
    file: path.join(root, configName),
    declarationsDir: path.dirname(declarations),
    links: linksOf(options),
    globalFiles,
    toText(served, user) {
      if (known === undefined || known.user !== user)
        known = { user, compilerOptions: compilerOptions(user) };
      return JSON.stringify({
        ...(options.tsconfigFile === undefined || user === undefined
          ? {}
          : { extends: options.tsconfigFile }),
        compilerOptions: known.compilerOptions,
        files: [...new Set([...served, ...globalFiles(user)])],
        include: [],
        references: [],
      });
    },
  };
}

const forcedOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  composite: false,
  incremental: false,
  target: 'es2023',
  lib: ['es2023', 'esnext.disposable'],
  module: 'esnext',
  moduleResolution: 'bundler',
  allowImportingTsExtensions: true,
  resolveJsonModule: true,
  esModuleInterop: true,
} as const;

/** Built declarations when there are any: the sources are there only when the runtime runs from its repository. */
function declarationsOf(runtimeDir: string): string {
  const built = path.join(runtimeDir, 'dist', 'index.d.ts');
  const file = existsSync(built) ? built : path.join(runtimeDir, 'src', 'index.ts');
  return existsSync(file) ? realpathSync(file) : file;
}

function linksOf(options: SignatureCheckerOptions): Map<string, string> {
  const links = new Map<string, string>();
  for (const name of options.runtimePackages) {
    if (packageDir(name, options.root) !== undefined) continue;
    const dir = packageDir(name, options.runtimeDir);
    if (dir !== undefined) links.set(path.join(options.root, 'node_modules', name), dir);
    const typesDir = packageDir(typesPackageOf(name), options.runtimeDir);
    if (typesDir !== undefined)
      links.set(path.join(options.root, 'node_modules', typesPackageOf(name)), typesDir);
  }
  return links;
}

/** `@types/scope__name` for `@scope/name`. */
function typesPackageOf(name: string): string {
  return `@types/${name.replace(/^@/, '').replace('/', '__')}`;
}

/** Where Node would find the package from `from`, without looking at its `exports`. */
function packageDir(name: string, from: string): string | undefined {
  for (const modules of nodeModulesAbove(from)) {
    const dir = path.join(modules, name);
    if (existsSync(dir)) return realpathSync(dir);
  }
  return undefined;
}

function nodeModulesAbove(from: string): readonly string[] {
  return (
    createRequire(path.join(from, 'noop.js'))
      .resolve.paths('x')
      ?.filter((dir) => path.basename(dir) === 'node_modules') ?? []
  );
}

function typeRootsOf(options: SignatureCheckerOptions, user: ParsedConfig | undefined): string[] {
  const above = [...nodeModulesAbove(options.root), ...nodeModulesAbove(options.runtimeDir)];
  const roots = [...stringsOf(user?.options['typeRoots']), ...above.map((dir) => path.join(dir, '@types'))];
  return [...new Set(roots)].filter((dir) => existsSync(dir));
}

/** The user's `paths`, absolute, because relative ones would mean the folder of our own tsconfig. */
function userPaths(user: ParsedConfig | undefined): Record<string, string[]> {
  const found = user?.options['pathsBasePath'] ?? user?.options['baseUrl'];
  const base = typeof found === 'string' ? found : '';
  const result: Record<string, string[]> = {};
  for (const [pattern, targets] of Object.entries(user?.options['paths'] ?? {})) {
    result[pattern] = stringsOf(targets).map((target) => path.resolve(base, target));
  }
  const baseUrl = user?.options['baseUrl'];
  // TypeScript 7 no longer looks below `baseUrl` by itself.
  if (typeof baseUrl === 'string' && result['*'] === undefined) result['*'] = [path.join(baseUrl, '*')];
  return result;
}

function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
