import { readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

interface PackageJson {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Folder of the runtime's own package.json: one above `src` or `dist`. */
export const runtimeDir = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const packageJson = JSON.parse(readFileSync(join(runtimeDir, 'package.json'), 'utf8')) as PackageJson;

export const version = packageJson.version;

/** Packages that files in `apis/` may import without installing them. */
export const runtimePackages: readonly string[] = Object.keys(packageJson.dependencies);

/** Parts of paths by which files of the runtime and of its packages are known. */
export const ownCode: readonly string[] = [
  ...['src', 'dist'].map((name) => join(runtimeDir, name) + sep),
  ...runtimePackages.map((name) => `/node_modules/${name}/`),
];
