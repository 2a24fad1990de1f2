import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchDir } from '../paths.ts';

/**
 * Installs what only the peers need, into `bench/node_modules`, when it is missing.
 *
 * @throws Error with the way out, when the installation fails
 */
export function ensurePeers(packages: readonly string[]): void {
  const missing = packages.filter(
    (name) => !existsSync(join(benchDir, 'node_modules', name, 'package.json')),
  );
  if (missing.length === 0) return;
  console.error(`installing ${missing.join(', ')} for the comparison, into bench/node_modules (npm ci)`);
  try {
    execFileSync('npm', ['ci'], { cwd: benchDir, stdio: ['ignore', 'inherit', 'inherit'] });
  } catch (cause) {
    const message = `could not install ${missing.join(', ')}; run 'npm ci' in bench/, or leave these peers out with --only`;
    throw new Error(message, { cause });
  }
}

/** The version that a peer runs with, from `bench/` or else from the project. */
export function installedVersion(name: string): string {
  const folders = [join(benchDir, 'node_modules'), join(benchDir, '../node_modules')];
  const folder = folders.find((candidate) => existsSync(join(candidate, name, 'package.json')));
  if (folder === undefined) return 'not installed';
  return (JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as { version: string })
    .version;
}
