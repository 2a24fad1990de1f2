import type { StreamOutcome } from '../call/call-request.ts';
import { clientLeft } from '../call/client-left.ts';
import type { ApiError } from '../contract/api-error.ts';
import { longestItems, mostItems } from './result-limits.ts';

export interface CollectedStream {
  /** Each as JSON. */
  readonly items: readonly string[];
  /** The stream was stopped because this is as much as a result holds. */
  readonly truncated: boolean;
  /** Why the stream ended early. */
  readonly error?: ApiError;
}

export interface CollectOptions {
  /** Stops the stream. */
  readonly signal: AbortSignal;
  /** Told after each item. */
  readonly onItem?: ((count: number) => void) | undefined;
}

/** Reads a stream to its end or to the limits of a result. Never rejects. */
export async function collectStream(
  stream: StreamOutcome['stream'],
  { signal, onItem }: CollectOptions,
): Promise<CollectedStream> {
  const items: string[] = [];
  const onAbort = (): void => stream.stop(clientLeft(signal.reason));
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    for (let size = 0; ;) {
      const pull = await stream.next();
      if ('done' in pull) return { items, truncated: false };
      if ('error' in pull) return { items, truncated: false, error: pull.error };
      items.push(pull.value);
      onItem?.(items.length);
      size += pull.value.length;
      if (items.length < mostItems && size < longestItems) continue;
      stream.stop(clientLeft());
      return { items, truncated: true };
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
