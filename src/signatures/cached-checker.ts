import { availableParallelism } from 'node:os';
import { createQuickAnswers } from './quick-answers.ts';
import { createHashes, type Derivation, type HashOf, type SignatureCache } from './signature-cache.ts';
import type { DeriveRequest, DeriveResult, FileSignatures, SignatureChecker } from './signature-checker.ts';

export interface CachedChecker extends SignatureChecker {
  /** Starts the checker, if it does not run yet, and has it read the files: the next save need not wait for that. */
  warm(served: readonly string[]): Promise<void>;
}

export interface CachedCheckerOptions {
  /** Called when the checker is first needed, and for more of them while there is much to derive. */
  readonly start: () => SignatureChecker;
  readonly cache: Promise<SignatureCache>;
  /** Texts that go before the disk, whoever asks; undefined for a file that counts as gone. */
  readonly textsOverDisk: () => Texts;
}

/** More files than this are shared out among several checkers: one waits for its process half of the time. */
const filesPerChecker = 200;
const mostCheckers = 4;

/**
 * Answers from the cache what nothing has changed about, and starts the checker only for the rest: a restart
 * derives nothing anew.
 */
export function createCachedChecker(options: CachedCheckerOptions): CachedChecker {
  return new Cached(options);
}

class Cached implements CachedChecker {
  readonly #options: CachedCheckerOptions;
  readonly #quick = createQuickAnswers();
  /** Texts of quick answers, which the checker has not heard of. */
  readonly #unheard = new Map<string, string>();
  #checker: SignatureChecker | undefined;
  /** When the checker was started and read what it was not told, of `Date.now()`. */
  #startedAt: number | undefined;
  /**
   * What the checker was told; a new map with each change, so that an answer is kept with what it was made from.
   * The disk may be ahead: a file that was saved already, and will be told of with the next request.
   */
  #told: Texts = new Map();
  #served: readonly string[] | undefined;
  #keeping: Promise<void> = Promise.resolve();

  constructor(options: CachedCheckerOptions) {
    this.#options = options;
  }

  async derive(asked: DeriveRequest): Promise<DeriveResult> {
    const quickly = this.#quick.find(asked);
    if (quickly !== undefined) {
      for (const [file, text] of asked.changed) this.#unheard.set(file, text);
      return quickly;
    }
    const request = this.#withUnheard(asked);
    const keep = this.#quick.ask(request);
    const cache = await this.#options.cache;
    const before = this.#checker === undefined ? this.#options.textsOverDisk() : this.#told;
    const hashOf = createHashes(withChanges(before, request), this.#startedAt ?? Date.now());
    const known = await findKnown(request, cache, hashOf);
    const wanted = request.wanted.filter((file) => !known.has(file));
    // One that runs has to hear of every change; one that does not will read the disk.
    if (wanted.length > 0 || this.#checker !== undefined) {
      const derived = await this.#ask({ ...request, wanted });
      for (const [file, signatures] of derived) known.set(file, signatures);
      this.#keep(derived, cache, { hashOf, typesChecked: request.typeErrors === true });
      // The same list as long as no file comes or goes.
      if (request.served !== this.#served) cache.retain(new Set(request.served));
      this.#served = request.served;
    }
    keep(known);
    return known;
  }

  async warm(served: readonly string[]): Promise<void> {
    if (this.#checker === undefined)
      await this.#deriveByOne({ changed: new Map(), removed: [], served, wanted: [] });
  }

  async close(): Promise<void> {
    await this.#checker?.close();
    await this.#keeping;
    await (await this.#options.cache).flush();
  }

  /** Nobody waits for the content of all that an answer hangs on to be read. The last one counts. */
  #keep(derived: DeriveResult, cache: SignatureCache, about: Derivation): void {
    const exact = [...derived].filter(([, { provisional }]) => provisional !== true);
    this.#keeping = this.#keeping.then(async () => {
      await Promise.all(exact.map(([file, signatures]) => cache.keep(file, signatures, about)));
    });
  }

  /** Takes down what the checker is told; one that has just been started knows the disk alone. */
  #tell(request: DeriveRequest): { readonly checker: SignatureChecker; readonly told: DeriveRequest } {
    const running = this.#checker;
    this.#told = withChanges(running === undefined ? this.#options.textsOverDisk() : this.#told, request);
    if (running !== undefined) return { checker: running, told: request };
    this.#startedAt = Date.now();
    const checker = (this.#checker = this.#options.start());
    const all = [...this.#told];
    const changed = all.flatMap(([file, text]) => (text === undefined ? [] : [[file, text] as const]));
    const removed = all.flatMap(([file, text]) => (text === undefined ? [file] : []));
    return { checker, told: { ...request, changed: new Map(changed), removed } };
  }

  #deriveByOne(request: DeriveRequest): Promise<DeriveResult> {
    const { checker, told } = this.#tell(request);
    return checker.derive(told);
  }

  #withUnheard(request: DeriveRequest): DeriveRequest {
    if (this.#unheard.size === 0) return request;
    for (const file of request.removed) this.#unheard.delete(file);
    const changed = new Map([...this.#unheard, ...request.changed]);
    this.#unheard.clear();
    return { ...request, changed };
  }

  async #ask(request: DeriveRequest): Promise<DeriveResult> {
    const exact = this.#exactOf(request);
    const wanted = request.wanted.filter((file) => !exact.has(file));
    if (exact.size === 0) return this.#share({ ...request, wanted });
    const checked = await this.#errorsOf(request, exact);
    return wanted.length === 0
      ? checked
      : new Map([...checked, ...(await this.#share({ ...request, wanted }))]);
  }

  /** Files of which only the type errors are not known. */
  #exactOf({ wanted, changed, removed, names, typeErrors }: DeriveRequest): Map<string, FileSignatures> {
    const isSame = changed.size + removed.length === 0 && names === undefined;
    if (!isSame || typeErrors !== true) return new Map();
    return new Map(
      wanted.flatMap((file) => {
        const exact = this.#quick.exact(file);
        return exact === undefined ? [] : [[file, exact]];
      }),
    );
  }

  async #errorsOf(
    request: DeriveRequest,
    exact: ReadonlyMap<string, FileSignatures>,
  ): Promise<Map<string, FileSignatures>> {
    const result = await this.#deriveByOne({ ...request, wanted: [...exact.keys()], errorsOnly: true });
    return new Map(
      [...exact].map(([file, signatures]) => [
        file,
        { ...signatures, typeErrors: result.get(file)?.typeErrors ?? [] },
      ]),
    );
  }

  /** Only the first checker goes on; the others end with their answer. */
  async #share(request: DeriveRequest): Promise<DeriveResult> {
    const { wanted } = request;
    const shares = Math.min(Math.ceil(wanted.length / filesPerChecker), availableParallelism(), mostCheckers);
    // One that runs knows more than one that is started.
    if (shares <= 1 || this.#checker !== undefined) return this.#deriveByOne(request);
    const size = Math.ceil(wanted.length / shares);
    const { checker, told } = this.#tell(request);
    const results = await Promise.all(
      Array.from({ length: shares }, async (_, at) => {
        const one = at === 0 ? checker : this.#options.start();
        try {
          return await one.derive({ ...told, wanted: wanted.slice(at * size, (at + 1) * size) });
        } finally {
          if (at > 0) void one.close();
        }
      }),
    );
    return new Map(results.flatMap((result) => [...result]));
  }
}

/** By file; undefined for one that counts as gone. */
type Texts = ReadonlyMap<string, string | undefined>;

function withChanges(texts: Texts, { changed, removed }: DeriveRequest): Texts {
  if (changed.size + removed.length === 0) return texts;
  return new Map([...texts, ...removed.map((file) => [file, undefined] as const), ...changed]);
}

async function findKnown(
  request: DeriveRequest,
  cache: SignatureCache,
  hashOf: HashOf,
): Promise<Map<string, FileSignatures>> {
  if (request.names !== undefined) return new Map();
  const found = await Promise.all(
    request.wanted.map(
      async (file) => [file, await cache.find(file, hashOf, request.typeErrors === true)] as const,
    ),
  );
  return new Map(
    found.flatMap(([file, signatures]) => (signatures === undefined ? [] : [[file, signatures]])),
  );
}
