import type { Node, Type } from './checker.ts';

/** A type that is being walked. */
export interface Open {
  readonly type: Type;
  /** Under which it will be defined; types that turn out to be recursive get one late. */
  name: string | undefined;
  readonly declaration: Node | undefined;
  /** Something inside refers back to it. */
  recursive: boolean;
  /** Its shape holds for the present direction only. */
  differs: boolean;
  /** Index of the outermost open type that something inside refers back to. */
  low: number;
  /** Types inside that refer back to this one: whether they differ is known when this one is done. */
  readonly pending: number[];
}

/**
 * The types being walked, from the outermost to the innermost, and which of those that are done have
 * another shape in the other direction. Types that refer to each other in a circle differ together.
 */
export class OpenTypes {
  readonly #open: Open[] = [];
  /** Ids of types. */
  readonly #differing = new Set<number>();
  /** The open type that a type is pending on. */
  readonly #roots = new Map<number, Open>();

  get depth(): number {
    return this.#open.length;
  }

  get names(): ReadonlySet<string | undefined> {
    return new Set(this.#open.map(({ name }) => name));
  }

  /** How many instances of one generic type are open. */
  countOf(declaration: Node): number {
    return this.#open.filter((entry) => entry.declaration === declaration).length;
  }

  push(about: Pick<Open, 'type' | 'name' | 'declaration'>): Open {
    const entry: Open = { ...about, recursive: false, differs: false, low: this.#open.length, pending: [] };
    this.#open.push(entry);
    return entry;
  }

  pop(): void {
    const entry = this.#open.pop();
    if (entry === undefined) return;
    const ids = [entry.type.id, ...entry.pending];
    const root = this.#open[entry.low];
    if (root === undefined) {
      if (entry.differs) for (const id of ids) this.#differing.add(id);
      return;
    }
    root.pending.push(...ids);
    for (const id of ids) this.#roots.set(id, root);
    this.#referBack(entry.low);
  }

  /** The open type itself, when something inside it is that type again. */
  meetAgain(type: Type): Open | undefined {
    const at = this.#open.findIndex((entry) => entry.type.id === type.id);
    const entry = this.#open[at];
    if (entry === undefined) return undefined;
    entry.recursive = true;
    this.#referBack(at);
    return entry;
  }

  /** What is open contains a type that is done: what is true of that holds for all. */
  meetDone(type: Type): void {
    if (this.#differing.has(type.id)) this.noteDifference();
    const root = this.#roots.get(type.id);
    if (root !== undefined) this.#referBack(this.#open.indexOf(root));
  }

  noteDifference(): void {
    for (const entry of this.#open) entry.differs = true;
  }

  /** Those that differ, which are forgotten. */
  takeDiffering(): ReadonlySet<number> {
    const taken = new Set(this.#differing);
    this.#differing.clear();
    return taken;
  }

  #referBack(at: number): void {
    const innermost = this.#open.at(-1);
    if (at !== -1 && innermost !== undefined) innermost.low = Math.min(innermost.low, at);
  }
}
