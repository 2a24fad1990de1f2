import type { IncomingMessage } from 'node:http';
import { ApiError } from '../contract/api-error.ts';
import { clientLeft } from '../call/client-left.ts';

/**
 * The whole body of a request. What is left of a refused one is drained, within limits, by
 * `@hono/node-server` once the answer is out (`autoCleanupIncoming`); closing at once instead would reset
 * the connection before the client has read why.
 *
 * @throws ApiError PAYLOAD_TOO_LARGE, by `Content-Length` before reading, else before more than `limit`
 * bytes are kept; CLIENT_CLOSED_REQUEST when the client leaves in the middle
 */
export function readBytes(incoming: IncomingMessage, limit: number): Promise<Uint8Array> {
  const declared = Number(incoming.headers['content-length'] ?? 0);
  if (declared > limit) return Promise.reject(tooLarge(limit, `${declared}`));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const stop = (): void => {
      incoming.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= limit) {
        chunks.push(chunk);
        return;
      }
      stop();
      incoming.pause();
      reject(tooLarge(limit, `more than ${limit}`));
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
  });
}

function tooLarge(limit: number, got: string): ApiError {
  return new ApiError(
    'PAYLOAD_TOO_LARGE',
    `The request body is too large: expected at most ${limit} bytes, got '${got}'; 'bodyLimit' sets the limit`,
  );
}
