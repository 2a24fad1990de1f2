import { clearTimeout, setTimeout } from 'node:timers';
import type { IncomingMessage } from 'node:http';
import type { ApiError } from '../contract/api-error.ts';
import { clientLeft } from '../call/client-left.ts';
import { arrivedTooLate, payloadTooLarge } from './body-refusals.ts';

/** Accounts for the bytes of a body as they come. */
export interface BytesHolder {
  /** The refusal, when they are too many for the process. */
  hold(bytes: number): ApiError | undefined;
}

export interface ReadBytesOptions {
  /** Bytes. */
  readonly limit: number;
  /** How long the body may take to arrive, against clients that trickle. Milliseconds, a minute unless told. */
  readonly patience?: number;
  /** Without it, nobody counts. */
  readonly holder?: BytesHolder;
}

/**
 * The whole body of a request. What is left of a refused one is drained, within limits, by
 * `@hono/node-server` once the answer is out (`autoCleanupIncoming`); closing at once instead would reset
 * the connection before the client has read why.
 *
 * @throws ApiError PAYLOAD_TOO_LARGE, by `Content-Length` before reading, else before more than `limit`
 * bytes are kept; INVALID_REQUEST (408) when it has not arrived in time; CLIENT_CLOSED_REQUEST when
 * the client leaves in the middle; what the holder refuses with
 */
export function readBytes(
  incoming: IncomingMessage,
  { limit, patience = 60_000, holder }: ReadBytesOptions,
): Promise<Uint8Array> {
  const declared = incoming.headers['content-length'] ?? '0';
  if (Number(declared) > limit)
    return Promise.reject(payloadTooLarge(limit, { key: 'bodyLimit', got: declared }));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let timer: NodeJS.Timeout | undefined;
    const stop = (): void => {
      clearTimeout(timer);
      incoming.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      const refusal =
        length <= limit
          ? holder?.hold(chunk.length)
          : payloadTooLarge(limit, { key: 'bodyLimit', got: `more than ${limit}` });
      if (refusal === undefined) {
        chunks.push(chunk);
        return;
      }
      stop();
      chunks.length = 0;
      incoming.pause();
      reject(refusal);
    };
    const onEnd = (): void => {
      stop();
      const [first] = chunks;
      resolve(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, length));
    };
    const onError = (cause: unknown): void => {
      stop();
      // A late error, such as a second one for the same reset, must find a listener.
      incoming.on('error', () => {});
      reject(clientLeft(cause));
    };
    const onClose = (): void => onError(undefined);
    incoming.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
    if (incoming.destroyed && !incoming.readableEnded) onClose();
    // Most bodies come with their headers, and are there before a timer would be worth its price.
    queueMicrotask(() => {
      if (incoming.complete || incoming.destroyed) return;
      timer = setTimeout(() => {
        stop();
        incoming.pause();
        reject(arrivedTooLate(`the whole body within ${patience / 1000} s`));
      }, patience);
    });
  });
}
