export interface ConcurrentWork<T> {
  /** Pieces of work at a time, at least 1. */
  limit: number;
  work: (item: T) => Promise<void>;
  /** Asked before each piece: whether nothing more is to be begun. */
  stopped: () => boolean;
}

/**
 * Takes items as there is room for them, so that a source of any length is never held as a whole. The first error
 * ends it, once what was begun has ended.
 */
export async function concurrently<T>(
  source: AsyncIterable<T>,
  { limit, work, stopped }: ConcurrentWork<T>,
): Promise<void> {
  const items = source[Symbol.asyncIterator]();
  const failure: { error?: unknown } = {};
  const ended = () => 'error' in failure || stopped();
  const worker = async () => {
    try {
      while (!ended()) {
        const next = await items.next();
        if (next.done || 'error' in failure) return;
        await work(next.value);
      }
    } catch (error) {
      if (!('error' in failure)) failure.error = error;
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.floor(limit)) }, worker));
  await items.return?.();
  if ('error' in failure) throw failure.error;
}
