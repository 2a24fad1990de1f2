import { availableParallelism } from 'node:os';
import { createQuickAnswers } from './quick-answers.ts';
import { createHashes, type HashOf, type SignatureCache } from './signature-cache.ts';
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
  readonly textsOverDisk: () => ReadonlyMap<string, string | undefined>;
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
  /** Checkers that know what goes before the disk. */
  readonly #told = new WeakSet<SignatureChecker>();
  #served: readonly string[] | undefined;

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
    const hashOf = createHashes(new Map([...this.#options.textsOverDisk(), ...request.changed]), Date.now());
    const known = await findKnown(request, cache, hashOf);
    const wanted = request.wanted.filter((file) => !known.has(file));
    // One that runs has to hear of every change; one that does not will read the disk.
    if (wanted.length > 0 || this.#checker !== undefined) {
      const derived = await this.#ask({ ...request, wanted });
      const typesChecked = request.typeErrors === true;
      await Promise.all(
        [...derived].map(async ([file, signatures]) => {
          known.set(file, signatures);
          if (signatures.provisional !== true) await cache.keep(file, signatures, { hashOf, typesChecked });
        }),
      );
      // The same list as long as no file comes or goes.
      if (request.served !== this.#served) cache.retain(new Set(request.served));
      this.#served = request.served;
    }
    keep(known);
    return known;
  }

  async warm(served: readonly string[]): Promise<void> {
    if (this.#checker === undefined)
      await this.#deriveBy(this.#running(), { changed: new Map(), removed: [], served, wanted: [] });
  }

  async close(): Promise<void> {
    await this.#checker?.close();
    await (await this.#options.cache).flush();
  }

  #running(): SignatureChecker {
    return (this.#checker ??= this.#options.start());
  }

  /** A checker that has just been started knows the disk alone. */
  #deriveBy(checker: SignatureChecker, request: DeriveRequest): Promise<DeriveResult> {
    if (this.#told.has(checker)) return checker.derive(request);
    this.#told.add(checker);
    const over = [...this.#options.textsOverDisk()];
    const texts = over.flatMap(([file, text]) => (text === undefined ? [] : [[file, text] as const]));
    const gone = over.flatMap(([file, text]) => (text === undefined ? [file] : []));
    return checker.derive({
      ...request,
      changed: new Map([...texts, ...request.changed]),
      removed: [...gone, ...request.removed],
    });
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
    const result = await this.#deriveBy(this.#running(), {
      ...request,
      wanted: [...exact.keys()],
      errorsOnly: true,
    });
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
    if (shares <= 1 || this.#checker !== undefined) return this.#deriveBy(this.#running(), request);
    const size = Math.ceil(wanted.length / shares);
    const results = await Promise.all(
      Array.from({ length: shares }, async (_, at) => {
        const checker = at === 0 ? this.#running() : this.#options.start();
        try {
          const share = wanted.slice(at * size, (at + 1) * size);
          return await this.#deriveBy(checker, { ...request, wanted: share });
        } finally {
          if (at > 0) void checker.close();
        }
      }),
    );
    return new Map(results.flatMap((result) => [...result]));
  }
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
