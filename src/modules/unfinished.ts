import type { ModuleFailure } from '../registry/snapshot.ts';
import type { Verdict } from './accept-component.ts';
import type { SourceFile } from './source-file.ts';
import type { Stage } from './stage.ts';

export interface TriedVersion {
  /** Undefined for a file that could not be read. */
  readonly hash: string | undefined;
  /** Undefined for a file that could not be parsed. */
  readonly source: SourceFile | undefined;
}

/** What is on disk but does not serve: why, and since when. */
export class Unfinished {
  /** Changed files whose version on disk was tried and is not live. */
  readonly pending = new Map<string, TriedVersion>();
  /** Served files that failed because an import was not found. */
  readonly missingImports = new Set<string>();
  readonly #failures = new Map<string, ModuleFailure>();

  get failures(): readonly ModuleFailure[] {
    return [...this.#failures.values()];
  }

  /** Versions parsed in earlier reloads, to be reused while their content is the same. */
  parsed(): ReadonlyMap<string, SourceFile> {
    const parsed = new Map<string, SourceFile>();
    for (const [file, { source }] of this.pending) if (source !== undefined) parsed.set(file, source);
    return parsed;
  }

  /** These files are to be tried again, whatever their content is then. */
  retry(files: Iterable<string>): void {
    for (const file of files) this.pending.set(file, { hash: '', source: undefined });
  }

  /** Takes down how a reload ended; `kept` are files that are gone and serve on. */
  note(verdicts: readonly Verdict[], stage: Stage, kept: ReadonlyMap<string, ModuleFailure>): void {
    for (const file of stage.removed) {
      this.pending.delete(file);
      const failure = kept.get(file);
      if (failure === undefined) this.#failures.delete(file);
      else this.#fail(file, failure);
    }
    for (const verdict of verdicts) {
      for (const file of verdict.component.files) {
        if (stage.removed.has(file)) continue;
        this.#noteFailure(file, verdict);
        this.#notePending(file, verdict, stage);
      }
    }
  }

  #noteFailure(file: string, { component, failed }: Verdict): void {
    const failure = failed.get(file);
    if (component.missingImports && failure !== undefined) this.missingImports.add(file);
    else this.missingImports.delete(file);
    if (failure === undefined) this.#failures.delete(file);
    else this.#fail(file, failure);
  }

  /** A failure that is known already stays as it is, with the time when it began. */
  #fail(file: string, failure: ModuleFailure): void {
    if (!isSame(this.#failures.get(file), failure)) this.#failures.set(file, failure);
  }

  #notePending(file: string, { loaded, failed }: Verdict, stage: Stage): void {
    const fails = loaded.size === 0 ? failed.size > 0 : failed.has(file);
    const changed = stage.hashes.has(file) || stage.problems.has(file);
    if (!fails) this.pending.delete(file);
    else if (changed)
      this.pending.set(file, { hash: stage.hashes.get(file), source: stage.sources.get(file) });
  }
}

function isSame(before: ModuleFailure | undefined, now: ModuleFailure): boolean {
  return (
    before !== undefined && before.cause === now.cause && before.file === now.file && before.line === now.line
  );
}
