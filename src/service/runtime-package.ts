import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

interface PackageJson {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Folder of the runtime's own package.json, the next one above this file: sources and built files lie differently deep. */
export const runtimeDir = findUp('package.json', dirname(fileURLToPath(import.meta.url)));

const packageJson = JSON.parse(readFileSync(join(runtimeDir, 'package.json'), 'utf8')) as PackageJson;

export const version = packageJson.version;

/** Packages that files in `apis/` may import without installing them. */
export const runtimePackages: readonly string[] = Object.keys(packageJson.dependencies);

/** Parts of paths by which files of the runtime and of its packages are known. */
export const ownCode: readonly string[] = [
  ...['src', 'dist'].map((name) => join(runtimeDir, name) + sep),
  ...runtimePackages.map((name) => `/node_modules/${name}/`),
];

function findUp(name: string, folder: string): string {
  return existsSync(join(folder, name)) ? folder : findUp(name, dirname(folder));
}
