import { clearTimeout, setTimeout } from 'node:timers';
import type { IncomingMessage } from 'node:http';
import { clientLeft } from '../call/client-left.ts';
import { arrivedTooLate, payloadTooLarge } from './body-refusals.ts';

/** How long nothing at all may come. Milliseconds. */
export const longestSilence = 30_000;

export interface ReadChunksOptions {
  /** Bytes. */
  readonly limit: number;
  /** How long nothing at all may come, while somebody reads. Milliseconds, 30 s unless told. */
  readonly patience?: number;
  readonly onBytes?: (bytes: number) => void;
}

/**
 * The body of a request as it comes, no faster than it is read. As with `readBytes`, what is left of it when
 * the reader stops is drained once the answer is out.
 *
 * @throws ApiError PAYLOAD_TOO_LARGE, by `Content-Length` before reading, else as soon as more than `limit`
 * bytes have come; INVALID_REQUEST (408) when the client sends nothing any more; CLIENT_CLOSED_REQUEST when
 * it leaves in the middle
 */
export async function* readChunks(
  incoming: IncomingMessage,
  { limit, patience = longestSilence, onBytes }: ReadChunksOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const declared = incoming.headers['content-length'] ?? '0';
  if (Number(declared) > limit) throw payloadTooLarge(limit, { key: 'uploadLimit', got: declared });
  // Whoever stops reading must not destroy the connection, which still has to carry the answer.
  const chunks = incoming.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
  let length = 0;
  try {
    for (;;) {
      const step = await withPatience(chunks.next(), patience);
      if (step.done === true) return;
      length += step.value.length;
      onBytes?.(step.value.length);
      if (length > limit) throw payloadTooLarge(limit, { key: 'uploadLimit', got: `more than ${limit}` });
      yield step.value;
    }
  } finally {
    release(incoming, chunks);
  }
}

function withPatience<T>(step: Promise<T>, patience: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(arrivedTooLate(`something every ${patience / 1000} s`)), patience);
    step.then(resolve, (cause: unknown) => reject(clientLeft(cause))).finally(() => clearTimeout(timer));
  });
}

/** Lets go of the stream; a step that is under way when patience ends is answered when the connection closes. */
function release(incoming: IncomingMessage, chunks: AsyncIterableIterator<Buffer>): void {
  // A late error, such as a second one for the same reset, must find a listener.
  incoming.on('error', () => {});
  chunks.return?.().catch(() => {});
}
