import { createHashes, type HashOf, type SignatureCache } from './signature-cache.ts';
import type { DeriveRequest, FileSignatures, SignatureChecker } from './signature-checker.ts';

export interface CachedChecker extends SignatureChecker {
  /** Starts the checker, if it does not run yet, and has it read the files: the next save need not wait for that. */
  warm(served: readonly string[]): Promise<void>;
}

/**
 * Answers from the cache what nothing has changed about, and starts the checker only for the rest: a restart
 * derives nothing anew. `start` is called once, when the checker is first needed.
 */
export function createCachedChecker(
  start: () => SignatureChecker,
  opening: Promise<SignatureCache>,
): CachedChecker {
  let checker: SignatureChecker | undefined;
  const running = (): SignatureChecker => (checker ??= start());
  return {
    async derive(request) {
      const cache = await opening;
      const hashOf = createHashes(request.changed, Date.now());
      const typesChecked = request.typeErrors === true;
      const known = request.names === undefined ? await findKnown(request, cache, hashOf) : none;
      const wanted = request.wanted.filter((file) => !known.has(file));
      // One that runs has to hear of every change; one that does not will read the disk.
      if (wanted.length === 0 && checker === undefined) return known;
      const derived = await running().derive({ ...request, wanted });
      const final = [...derived].filter(([, signatures]) => signatures.provisional !== true);
      await Promise.all(
        final.map(([file, signatures]) => cache.keep(file, signatures, { hashOf, typesChecked })),
      );
      cache.retain(new Set(request.served));
      return new Map([...known, ...derived]);
    },
    async warm(served) {
      if (checker === undefined)
        await running().derive({ changed: new Map(), removed: [], served, wanted: [] });
    },
    async close() {
      await checker?.close();
      await (await opening).flush();
    },
  };
}

const none: ReadonlyMap<string, FileSignatures> = new Map();

async function findKnown(request: DeriveRequest, cache: SignatureCache, hashOf: HashOf) {
  const found = await Promise.all(
    request.wanted.map(
      async (file) => [file, await cache.find(file, hashOf, request.typeErrors === true)] as const,
    ),
  );
  return new Map(
    found.flatMap(([file, signatures]) => (signatures === undefined ? [] : [[file, signatures]])),
  );
}
