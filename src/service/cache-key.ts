import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runtimeDir, version } from './runtime-package.ts';

/**
 * What derived signatures depend on besides the author's files: the runtime, the author's compiler options,
 * and which packages are installed at or above the folder.
 */
export function cacheKey(apisDir: string, tsconfigFile: string | undefined): string {
  const hash = createHash('sha256').update(`${version}\n${process.versions.node}\n`);
  hash.update(tsconfigFile === undefined ? '' : textOf(tsconfigFile));
  for (const folder of [...foldersUp(apisDir), runtimeDir]) hash.update(stampOf(folder));
  // A build of the runtime itself may derive differently.
  hash.update(stampOfFile(join(runtimeDir, 'dist', 'index.js')));
  return hash.digest('base64url').slice(0, 22);
}

/** npm writes this file with every install. */
function stampOf(folder: string): string {
  return stampOfFile(join(folder, 'node_modules', '.package-lock.json'));
}

function stampOfFile(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? '-' : `${file} ${stat.mtimeMs} ${stat.size}`;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function foldersUp(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersUp(parent)];
}
