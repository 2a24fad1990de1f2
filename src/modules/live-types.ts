import type { FileSignatures } from '../signatures/signature-checker.ts';

/** What is known about the types of served files; also of versions that failed. */
export class LiveTypes {
  readonly #signatures = new Map<string, FileSignatures>();
  /** By file, the served files whose types depend on it. */
  readonly #dependents = new Map<string, Set<string>>();
  readonly #warned = new Set<string>();

  get(file: string): FileSignatures | undefined {
    return this.#signatures.get(file);
  }

  set(file: string, signatures: FileSignatures): void {
    const before = this.#signatures.get(file);
    this.#signatures.set(file, signatures);
    if (before?.dependencies !== signatures.dependencies) {
      this.#forgetDependencies(file, before);
      for (const dependency of signatures.dependencies) {
        const dependents = this.#dependents.get(dependency);
        if (dependents === undefined) this.#dependents.set(dependency, new Set([file]));
        else dependents.add(file);
      }
    }
    if (signatures.warnings.length + signatures.typeErrors.length > 0) this.#warned.add(file);
    else this.#warned.delete(file);
  }

  delete(file: string): void {
    this.#forgetDependencies(file, this.#signatures.get(file));
    this.#signatures.delete(file);
    this.#warned.delete(file);
  }

  /** Served files whose types reach one of `files`. */
  dependentsOf(files: Iterable<string>): string[] {
    const found = new Set<string>();
    for (const file of files) for (const served of this.#dependents.get(file) ?? []) found.add(served);
    return [...found];
  }

  /** Files with type errors or doubtful doc comments, sorted. */
  get warnedFiles(): string[] {
    return [...this.#warned].sort();
  }

  #forgetDependencies(file: string, signatures: FileSignatures | undefined): void {
    for (const dependency of signatures?.dependencies ?? []) {
      const dependents = this.#dependents.get(dependency);
      dependents?.delete(file);
      if (dependents?.size === 0) this.#dependents.delete(dependency);
    }
  }
}
