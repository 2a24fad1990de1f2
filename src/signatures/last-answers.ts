import type { FileChanges, Project } from './checker.ts';
import { outlineOf } from './outline.ts';
import type { DeriveRequest, DeriveResult, FileSignatures } from './signature-checker.ts';

/** Remembers answers, and tells when a change cannot have made what functions take another. */
export interface LastAnswers {
  /** The answers to give again, or undefined when something has to be derived. */
  find(request: DeriveRequest, changes: FileChanges, project: Project): DeriveResult | undefined;
  keep(result: DeriveResult): void;
}

/** A start, or a branch switch, is derived anew without a look at each file first. */
const outlinesAtOnce = 20;

export function createLastAnswers(): LastAnswers {
  const answers = new Map<string, FileSignatures>();
  /** By file, as of the last request that changed it; undefined where types hang on bodies. */
  const outlines = new Map<string, string | undefined>();

  /** Takes down the present outline; tells whether it is surely the one that it was. */
  function keepsOutline(file: string, project: Project): boolean {
    const before = outlines.get(file);
    const source = project.program.getSourceFile(file);
    const now = source === undefined ? undefined : outlineOf(source)?.text;
    outlines.set(file, now);
    return now !== undefined && now === before;
  }

  return {
    find(request, changes, project) {
      if (changes.changed.length > outlinesAtOnce) {
        for (const file of changes.changed) outlines.delete(file);
        return undefined;
      }
      const kept = changes.changed.map((file) => keepsOutline(file, project));
      const same = kept.every(Boolean) && changes.created.length + changes.deleted.length === 0;
      if (!same || request.quick !== true || request.names !== undefined) return undefined;
      const found = new Map<string, FileSignatures>();
      for (const file of request.wanted) {
        const answer = answers.get(file);
        // One that only imports what changed may still take types from it.
        const certain = outlines.has(file) ? outlines.get(file) !== undefined : keepsTypes(file, project);
        if (answer === undefined || !certain) return undefined;
        found.set(file, { ...answer, provisional: true });
      }
      return found;
    },
    keep(result) {
      for (const [file, signatures] of result) answers.set(file, signatures);
    },
  };

  function keepsTypes(file: string, project: Project): boolean {
    const source = project.program.getSourceFile(file);
    outlines.set(file, source === undefined ? undefined : outlineOf(source)?.text);
    return outlines.get(file) !== undefined;
  }
}
