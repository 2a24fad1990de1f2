/**
 * Who imports whom, by file. Pure: it knows no file system, no watcher and no loader.
 * Edges are values' imports, static and dynamic; type-only imports are the signature checker's business.
 */
export class ModuleGraph {
  readonly #imports = new Map<string, ReadonlySet<string>>();
  readonly #importers = new Map<string, Set<string>>();

  importsOf(file: string): ReadonlySet<string> {
    return this.#imports.get(file) ?? none;
  }

  /** Whether any file imports this one. */
  isImported(file: string): boolean {
    return this.#importers.has(file);
  }

  /** Replaces what `file` imports. */
  setImports(file: string, imports: Iterable<string>): void {
    this.#unlink(file);
    const next = new Set(imports);
    this.#imports.set(file, next);
    for (const imported of next) {
      const importers = this.#importers.get(imported);
      if (importers === undefined) this.#importers.set(imported, new Set([file]));
      else importers.add(file);
    }
  }

  addImport(file: string, imported: string): void {
    if (!this.importsOf(file).has(imported)) this.setImports(file, [...this.importsOf(file), imported]);
  }

  /** Forgets what `file` imports; who imports it is kept, so that a file that comes back finds its importers. */
  remove(file: string): void {
    this.#unlink(file);
    this.#imports.delete(file);
  }

  /** The given files and all that import them, however indirectly; cycles are fine. */
  withImporters(files: Iterable<string>): Set<string> {
    return closure(files, (file) => this.#importers.get(file) ?? none);
  }

  /** Splits files into groups with no import between one group and another. */
  components(files: ReadonlySet<string>): Set<string>[] {
    const groups: Set<string>[] = [];
    const left = new Set(files);
    for (const file of files) {
      if (!left.has(file)) continue;
      const group = closure([file], (at) => this.#neighbours(at, files));
      for (const member of group) left.delete(member);
      groups.push(group);
    }
    return groups;
  }

  *#neighbours(file: string, within: ReadonlySet<string>): Iterable<string> {
    for (const imported of this.importsOf(file)) if (within.has(imported)) yield imported;
    for (const importer of this.#importers.get(file) ?? none) if (within.has(importer)) yield importer;
  }

  #unlink(file: string): void {
    for (const imported of this.importsOf(file)) {
      const importers = this.#importers.get(imported);
      importers?.delete(file);
      if (importers?.size === 0) this.#importers.delete(imported);
    }
  }
}

const none: ReadonlySet<string> = new Set();

function closure(files: Iterable<string>, next: (file: string) => Iterable<string>): Set<string> {
  const reached = new Set(files);
  // A Set iterates over what is added to it on the way.
  for (const file of reached) for (const other of next(file)) reached.add(other);
  return reached;
}
