import { readFileSync, realpathSync, statSync, type Stats } from 'node:fs';
import type { FileSystem } from './checker.ts';

/** A file system for the checker: the disk, with given texts, missing files and links laid over it. */
export interface FileOverlay {
  readonly fs: FileSystem;
  /** Returns whether anything changed, and whether the file was known before. */
  set(file: string, text: string): 'same' | 'changed' | 'created';
  remove(file: string): void;
}

/** `links`: folders that appear at a path although they are elsewhere, by that path. */
export function createFileOverlay(links: ReadonlyMap<string, string>): FileOverlay {
  const texts = new Map<string, string>();
  const removed = new Set<string>();
  const linkTarget = createLinkTarget(links);
  const linkParents = new Set([...links.keys()].flatMap((link) => parentsInNodeModules(link)));

  return {
    fs: {
      readFile(file) {
        if (removed.has(file)) return null;
        const text = texts.get(file);
        if (text !== undefined) return text;
        const target = linkTarget(file);
        // Whoever reads a pipe waits for its writer, perhaps for ever.
        if (target === undefined) return statOf(file)?.isFile() === false ? null : undefined;
        return readOrNull(target);
      },
      fileExists(file) {
        if (removed.has(file)) return false;
        if (texts.has(file)) return true;
        const target = linkTarget(file);
        return target === undefined ? undefined : (statOf(target)?.isFile() ?? false);
      },
      directoryExists(directory) {
        if (linkParents.has(directory)) return true;
        const target = linkTarget(directory);
        return target === undefined ? undefined : (statOf(target)?.isDirectory() ?? false);
      },
      realpath(path) {
        const target = linkTarget(path);
        return target === undefined ? undefined : realPathOr(target, path);
      },
    },
    set(file, text) {
      const earlier = texts.get(file);
      if (earlier === text && !removed.has(file)) return 'same';
      texts.set(file, text);
      if (removed.delete(file)) return 'created';
      return earlier === undefined ? 'created' : 'changed';
    },
    remove(file) {
      texts.delete(file);
      removed.add(file);
    },
  };
}

function createLinkTarget(links: ReadonlyMap<string, string>): (path: string) => string | undefined {
  const prefixes = [...links];
  return (path) => {
    if (!path.includes('/node_modules/')) return undefined;
    for (const [link, target] of prefixes) {
      if (path === link) return target;
      if (path.startsWith(`${link}/`)) return target + path.slice(link.length);
    }
    return undefined;
  };
}

/** `/apis/node_modules/@scope` and `/apis/node_modules` for `/apis/node_modules/@scope/name`. */
function parentsInNodeModules(link: string): string[] {
  const root = link.slice(0, link.lastIndexOf('/node_modules/') + '/node_modules'.length);
  const parents = [root];
  for (let at = link.lastIndexOf('/'); at > root.length; at = link.lastIndexOf('/', at - 1)) {
    parents.push(link.slice(0, at));
  }
  return parents;
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // ENOTDIR, EACCES and the like: for the checker the path is not there.
    return undefined;
  }
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function realPathOr(path: string, otherwise: string): string {
  try {
    return realpathSync(path);
  } catch {
    return otherwise;
  }
}
