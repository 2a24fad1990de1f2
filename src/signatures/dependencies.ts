import { existsSync } from 'node:fs';
import path from 'node:path';
import { isStringLiteralLikeNode, type Node, type Project, type SourceFile } from './checker.ts';
import { isPackageFile, isStandardLibrary } from './library-files.ts';

/** Finds the local files that a file's types can depend on. */
export interface DependencyFinder {
  of(project: Project, file: string): readonly string[];
  /** Imports of unchanged files may lead elsewhere after files came or went. */
  forget(): void;
}

/** `isOwn`: files of the runtime itself, which never change while it runs. */
export function createDependencyFinder(isOwn: (file: string) => boolean): DependencyFinder {
  // An unchanged file keeps its source file object from one state of the project to the next.
  let edges = new WeakMap<SourceFile, readonly string[]>();

  function edgesOf(project: Project, source: SourceFile): readonly string[] {
    const known = edges.get(source);
    if (known !== undefined) return known;
    const found = importedFiles(project, source).filter(
      (file) => !isPackageFile(file) && !isStandardLibrary(file) && !isOwn(file),
    );
    edges.set(source, found);
    return found;
  }

  return {
    of(project, file) {
      const reached = new Set([file]);
      // Grows while it is walked.
      for (const current of reached) {
        const source = project.program.getSourceFile(current);
        if (source === undefined) continue;
        for (const next of edgesOf(project, source)) reached.add(next);
      }
      reached.delete(file);
      return [...reached];
    },
    forget() {
      edges = new WeakMap();
    },
  };
}

function importedFiles(project: Project, source: SourceFile): readonly string[] {
  const folder = path.dirname(source.fileName);
  const specifiers = source.imports.filter(isStringLiteralLikeNode);
  const modules =
    specifiers.length === 0 ? [] : project.checker.getSymbolAtLocation(specifiers as readonly Node[]);
  const imported = specifiers.flatMap((specifier, at) => {
    const found = (modules[at]?.declarations ?? []).map((declaration) =>
      fileNameOf(project, declaration.path),
    );
    // Without a symbol: a file that is not there, or one that is no module.
    return found.length > 0 ? found : candidates(folder, specifier.text);
  });
  return [
    ...imported,
    ...source.referencedFiles.map((reference) => path.resolve(folder, reference.fileName)),
  ];
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
