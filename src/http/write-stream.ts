import { clearTimeout, setTimeout } from 'node:timers';
import type { ServerResponse } from 'node:http';
import type { StreamedAnswer } from './answer.ts';

/** How sending ended: `left`: the client did not wait for the end; `broken`: we could not go on. */
export type StreamEnd =
  | { readonly how: 'sent' | 'left' }
  | { readonly how: 'broken'; readonly cause: unknown };

export interface WriteStreamOptions {
  /**
   * A client that takes nothing for so long is given up: it holds a call. Milliseconds, 60 s unless told, as
   * the usual servers have it (nginx `send_timeout`).
   */
  readonly stallTimeout?: number;
  /** Told of each piece. */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * Sends an answer piece by piece, as fast as the client takes it. Resolves when it is out, or cannot be;
 * never rejects. The body is cancelled when the client leaves.
 */
export async function writeStream(
  outgoing: ServerResponse,
  answer: StreamedAnswer,
  { stallTimeout = 60_000, onBytes }: WriteStreamOptions = {},
): Promise<StreamEnd> {
  const { body } = answer;
  const client = watchClient(outgoing, () => body.cancel());
  try {
    if (!client.here()) return { how: 'left' };
    writeHead(outgoing, answer);
    for (;;) {
      const piece = await body.next();
      if (!client.here()) return { how: 'left' };
      if (piece === undefined) break;
      onBytes?.(Buffer.byteLength(piece));
      if (!outgoing.write(piece)) await client.until('drain', stallTimeout);
      if (!client.here()) return { how: 'left' };
    }
    outgoing.end();
    if (!outgoing.writableFinished) await client.until('finish', stallTimeout);
    return { how: outgoing.writableFinished ? 'sent' : 'left' };
  } catch (cause) {
    if (!client.here()) return { how: 'left' };
    body.cancel();
    outgoing.destroy();
    return { how: 'broken', cause };
  } finally {
    client.unwatch();
  }
}

function writeHead(outgoing: ServerResponse, { status, statusText, headers }: StreamedAnswer): void {
  // More or fewer bytes than `Content-Length` says would be read as the next answer, or waited for.
  outgoing.strictContentLength = true;
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  if (statusText === undefined || statusText === '') outgoing.writeHead(status);
  else outgoing.writeHead(status, statusText);
  // The first piece may take its time.
  outgoing.flushHeaders();
}

interface WatchedClient {
  here(): boolean;
  /** Resolves at the event, or when the client is gone; closes the connection after `timeout` ms of neither. */
  until(event: 'drain' | 'finish', timeout: number): Promise<void>;
  unwatch(): void;
}

function watchClient(outgoing: ServerResponse, onLeave: () => void): WatchedClient {
  let here = !outgoing.destroyed;
  let wake = (): void => {};
  const onClose = (): void => {
    if (outgoing.writableFinished) return;
    here = false;
    onLeave();
    wake();
  };
  // A reset shows as an error first; the close that follows says all.
  const onError = (): void => {};
  outgoing.on('close', onClose).on('error', onError);
  if (!here) onLeave();
  return {
    here: () => here,
    until: (event, timeout) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => outgoing.destroy(), timeout);
        wake = () => {
          clearTimeout(timer);
          outgoing.off(event, wake);
          resolve();
        };
        outgoing.once(event, wake);
        if (!here) wake();
      }),
    unwatch() {
      // The error listener stays: a connection may still fail, and nobody else listens.
      outgoing.off('close', onClose);
    },
  };
}
