import type { ServerResponse } from 'node:http';
import type { Buffers } from './buffers.ts';

export interface Delivery {
  /** Of the answer. */
  readonly bytes: number;
  readonly buffers: Buffers;
  /** How long the client may take nothing. Milliseconds. */
  readonly timeout: number;
  /** Called when the connection is cut for that. */
  readonly onCut: () => void;
}

/**
 * For a whole answer that did not go out at once: its bytes are counted until they are gone, and a client that
 * takes nothing for `timeout` is cut off. A socket's timer knows progress within one large write; none of ours could.
 */
export function watchDelivery(outgoing: ServerResponse, { bytes, buffers, timeout, onCut }: Delivery): void {
  const { socket } = outgoing.req;
  let watching = true;
  const stop = (): void => {
    if (!watching) return;
    watching = false;
    outgoing.off('close', stop);
    socket.off('close', stop);
    buffers.give(bytes);
    // The next answer of this connection may be that of a call which takes its time.
    const { _httpMessage: next } = socket as typeof socket & { _httpMessage?: ServerResponse | null };
    if (next?.writableEnded === false) socket.setTimeout(0);
  };
  buffers.take(bytes);
  outgoing.setTimeout(timeout, () => {
    onCut();
    socket.destroy();
  });
  outgoing.once('close', stop);
  // An answer that waits behind another one has no `close` of its own when the connection ends.
  socket.once('close', stop);
}
