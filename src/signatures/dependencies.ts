import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  isStringLiteralLikeNode,
  type Node,
  type Project,
  type SourceFile,
  type TypeSymbol,
} from './checker.ts';
import { isPackageFile, isStandardLibrary } from './library-files.ts';

/** Finds the local files that a file's types can depend on. */
export interface DependencyFinder {
  /** Asks for these files together; of each one, when its turn has come. */
  ofAll(project: Project, files: readonly string[]): (file: string) => readonly string[];
  /** Imports of unchanged files may lead elsewhere after files came or went. */
  forget(): void;
}

/** `isOwn`: files of the runtime itself, which never change while it runs. */
export function createDependencyFinder(isOwn: (file: string) => boolean): DependencyFinder {
  // An unchanged file keeps its source file object from one state of the project to the next.
  let edges = new WeakMap<SourceFile, readonly string[]>();

  /** Follows the imports of all files level by level. */
  function explore(project: Project, files: readonly string[]): void {
    const seen = new Set<string>();
    let level = files;
    while (level.length > 0) {
      const sources = level.flatMap((file) => {
        if (seen.has(file)) return [];
        seen.add(file);
        return project.program.getSourceFile(file) ?? [];
      });
      const fresh = sources.filter((source) => !edges.has(source));
      for (const [source, imported] of importedFiles(project, fresh)) {
        const local = imported.filter(
          (file) => !isPackageFile(file) && !isStandardLibrary(file) && !isOwn(file),
        );
        edges.set(source, local);
      }
      level = sources.flatMap((source) => edges.get(source) ?? []);
    }
  }

  return {
    ofAll(project, files) {
      explore(project, files);
      return (file) => {
        const reached = new Set([file]);
        // Grows while it is walked.
        for (const current of reached) {
          const source = project.program.getSourceFile(current);
          for (const next of (source && edges.get(source)) ?? []) reached.add(next);
        }
        reached.delete(file);
        return [...reached];
      };
    },
    forget() {
      edges = new WeakMap();
    },
  };
}

function importedFiles(
  project: Project,
  sources: readonly SourceFile[],
): readonly (readonly [source: SourceFile, imported: readonly string[]])[] {
  const imports = sources.map((source) => source.imports.filter(isStringLiteralLikeNode));
  const specifiers = imports.flat();
  const found: readonly (TypeSymbol | undefined)[] =
    specifiers.length === 0 ? [] : project.checker.getSymbolAtLocation(specifiers as readonly Node[]);
  const modules = new Map(specifiers.map((specifier, at) => [specifier, found[at]]));
  return sources.map((source, at) => {
    const folder = path.dirname(source.fileName);
    const imported = (imports[at] ?? []).flatMap((specifier) => {
      const declarations = modules.get(specifier)?.declarations ?? [];
      // Without a symbol: a file that is not there, or one that is no module.
      return declarations.length > 0
        ? declarations.map((declaration) => fileNameOf(project, declaration.path))
        : candidates(folder, specifier.text);
    });
    const referenced = source.referencedFiles.map((one) => path.resolve(folder, one.fileName));
    return [source, [...imported, ...referenced]];
  });
}

/** The name as the file system has it; a declaration's path may be in lower case. */
function fileNameOf(project: Project, declarationPath: string): string {
  if (isPackageFile(declarationPath)) return declarationPath;
  return project.program.getSourceFile(declarationPath)?.fileName ?? declarationPath;
}

/** Files that a relative import could mean: the one that is there, else all those that may yet come. */
function candidates(folder: string, specifier: string): readonly string[] {
  if (!/^\.{1,2}(\/|$)/.test(specifier)) return [];
  const base = path.resolve(folder, specifier);
  const typed = base.replace(/\.([cm]?)js$/, '.$1ts');
  const all =
    path.extname(base) === '' ? endings.map((ending) => base + ending) : [...new Set([base, typed])];
  const present = all.find((file) => existsSync(file));
  return present === undefined ? all : [present];
}

const endings = ['.ts', '.mts', '.d.ts', '/index.ts'] as const;
