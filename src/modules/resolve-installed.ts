import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { resolveExports } from 'resolve-pkg-maps';

/**
 * The URL of a package's entry, found on disk anew, or undefined.
 *
 * Node 20 remembers for the life of the process that a package.json was missing, so a package that is
 * installed while the service runs would stay unknown to `import()` by name.
 */
export function resolveInstalled(specifier: string, importer: string): string | undefined {
  const parts = specifier.split('/');
  const name = parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  const subpath = specifier.slice(name.length + 1);
  for (let folder = dirname(importer); ; folder = dirname(folder)) {
    const root = join(folder, 'node_modules', name);
    const entry = existsSync(join(root, 'package.json')) ? entryOf(root, subpath) : undefined;
    if (entry !== undefined) return pathToFileURL(entry).href;
    if (folder === dirname(folder)) return undefined;
  }
}

function entryOf(root: string, subpath: string): string | undefined {
  const { exports, main } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageJson;
  const candidates =
    exports === undefined
      ? [subpath === '' ? (main ?? 'index.js') : subpath, `${subpath}.js`, join(subpath, 'index.js')]
      : resolveExports(exports, subpath, ['node', 'import', 'default']);
  return candidates.map((candidate) => join(root, candidate)).find((path) => existsSync(path));
}

interface PackageJson {
  readonly exports?: Parameters<typeof resolveExports>[0];
  readonly main?: string;
}
