import { readdir, realpath } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';

const servedEnding = /\.m?ts$/;
const notServedEnding = /\.(?:d|test|spec|test-d)\.m?ts$/;

/** Never looked into, never watched: installed packages, repositories, editors' own folders. */
export function isIgnoredSegment(segment: string): boolean {
  return segment === 'node_modules' || (segment.startsWith('.') && segment !== '.' && segment !== '..');
}

/** Files below `apisDir` that are modules: `.ts` and `.mts`, not `_helpers`, declarations or tests. */
export function isServedFile(file: string, apisDir: string): boolean {
  const path = relative(apisDir, file);
  if (path.startsWith('..') || !servedEnding.test(path) || notServedEnding.test(path)) return false;
  return path.split(sep).every((segment) => !segment.startsWith('_') && !isIgnoredSegment(segment));
}

/** `<apisDir>/billing/invoices.ts` → `billing/invoices` */
export function moduleNameOf(file: string, apisDir: string): string {
  return relative(apisDir, file).replace(servedEnding, '').split(sep).join('/');
}

/**
 * All served files, sorted by path. Linked folders are followed, each real folder once.
 *
 * @throws what reading `apisDir` itself throws; folders below it that cannot be read are left out
 */
export async function listServedFiles(apisDir: string): Promise<string[]> {
  const files: string[] = [];
  await collect(apisDir, { apisDir, files, seen: new Set() });
  return files.sort();
}

interface Walk {
  readonly apisDir: string;
  readonly files: string[];
  readonly seen: Set<string>;
}

async function collect(folder: string, walk: Walk): Promise<void> {
  const real = await realpath(folder);
  if (walk.seen.has(real)) return;
  walk.seen.add(real);
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() || entry.isSymbolicLink()) {
      if (isServedFile(path, walk.apisDir)) walk.files.push(path);
      else if (!isIgnoredSegment(basename(path)) && !entry.name.startsWith('_'))
        await collect(path, walk).catch(() => {});
    } else if (isServedFile(path, walk.apisDir)) {
      walk.files.push(path);
    }
  }
}
