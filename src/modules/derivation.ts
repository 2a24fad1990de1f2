import type { DeriveResult, FileSignatures, SignatureChecker } from '../signatures/signature-checker.ts';
import type { Changes } from './changes.ts';
import type { LiveModules } from './live-modules.ts';
import { isServedFile } from './served-files.ts';
import type { Stage } from './stage.ts';

export interface DerivationOptions {
  readonly checker: SignatureChecker;
  readonly live: LiveModules;
  readonly apisDir: string;
  /** Whether type errors are looked for, now or later. */
  readonly checkTypes: boolean;
  /** Whether they are looked for before anything serves. */
  readonly typeErrors: boolean;
  /** What only changed inside of functions need not be derived before it serves. */
  readonly quick: boolean;
}

/**
 * The type checker's share of one reload. It begins as soon as the changed texts are read, beside everything
 * else, and is completed when more turns out to be affected.
 */
export class Derivation {
  readonly #options: DerivationOptions;
  /** Sorted. */
  readonly #served: readonly string[];
  readonly #isServed: (file: string) => boolean;
  readonly #asked: Set<string>;
  #result: Promise<DeriveResult>;

  constructor(changes: Changes, options: DerivationOptions) {
    this.#options = options;
    const { live, apisDir } = options;
    const texts = new Map<string, string>();
    const removed: string[] = [];
    for (const [file, found] of [...changes.files, ...changes.types]) {
      if (found === undefined) removed.push(file);
      else if ('text' in found) texts.set(file, found.text);
    }
    const added = [...texts.keys()].filter((file) => isServedFile(file, apisDir));
    const isNew = (file: string): boolean => !live.served.has(file);
    // The same list as long as no file comes or goes: it need not be handed over again.
    this.#served =
      added.some(isNew) || removed.some((file) => live.served.has(file))
        ? [...new Set([...live.served.keys(), ...added])].filter((file) => !removed.includes(file)).sort()
        : live.servedFiles;
    const served = new Set(added.filter((file) => !removed.includes(file)));
    this.#isServed = (file) => served.has(file) || (live.served.has(file) && !removed.includes(file));
    const changed = new Set([...changes.fresh, ...changes.types.keys()]);
    const affected = live.graph.withImporters([...changed, ...live.types.dependentsOf(changed)]);
    this.#asked = new Set([...affected].filter((file) => this.#isServed(file)));
    const nothing = texts.size + removed.length === 0;
    this.#result = nothing ? Promise.resolve(new Map()) : this.#ask({ texts, removed, wanted: this.#asked });
    this.#ignoreRejection();
  }

  /** Asks for those of `files` that were not known to be affected at the beginning. */
  complete(files: ReadonlySet<string>, stage: Stage): void {
    const wanted = new Set([...files].filter((file) => this.#isServed(file) && !this.#asked.has(file)));
    if (wanted.size === 0) return;
    for (const file of wanted) this.#asked.add(file);
    const texts = new Map([...stage.sources].map(([file, { text }]) => [file, text]));
    const before = this.#result;
    this.#result = this.#ask({ texts, removed: [], wanted }).then(
      async (more) => new Map([...(await before), ...more]),
    );
    this.#ignoreRejection();
  }

  /** False when something is left to be asked after the swap. */
  get isComplete(): boolean {
    const { checkTypes, typeErrors, quick } = this.#options;
    return !quick && (typeErrors || !checkTypes);
  }

  /** @throws when the checker failed */
  result(): Promise<DeriveResult> {
    return this.#result;
  }

  /**
   * The signatures of a file's functions; `names` are the exports known to be functions.
   *
   * @throws when the checker failed
   */
  async signaturesOf(file: string, names: readonly string[]): Promise<FileSignatures> {
    const found = (await this.#result).get(file);
    if (found !== undefined && names.every((name) => Object.hasOwn(found.functions, name))) return found;
    // The type lost the mark of `apiFunction`, through an annotation or a cast: ask by name.
    const again = await this.#ask({
      texts: new Map(),
      removed: [],
      wanted: new Set([file]),
      names: new Map([[file, names]]),
    });
    return again.get(file) ?? { functions: {}, dependencies: [], warnings: [], typeErrors: [] };
  }

  #ask({ texts, removed, wanted, names }: Question): Promise<DeriveResult> {
    return this.#options.checker.derive({
      changed: texts,
      removed,
      served: this.#served,
      wanted: [...wanted],
      typeErrors: this.#options.typeErrors,
      quick: this.#options.quick,
      ...(names === undefined ? {} : { names }),
    });
  }

  /** Whoever awaits the result hears of a failure; nobody does when nothing is affected. */
  #ignoreRejection(): void {
    this.#result.catch(() => {});
  }
}

interface Question {
  readonly texts: ReadonlyMap<string, string>;
  readonly removed: readonly string[];
  readonly wanted: ReadonlySet<string>;
  readonly names?: ReadonlyMap<string, readonly string[]>;
}
