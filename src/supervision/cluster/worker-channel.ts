import type { SendHandle } from 'node:child_process';
import { createPeer, type Handlers, type Peer } from './peer.ts';

export interface SupervisorOptions {
  readonly handlers: Handlers;
  /** The supervisor has ended. */
  readonly onGone: () => void;
  /** Adds listeners to this process that functions cannot take away. */
  readonly listen: (listeners: Readonly<Record<string, (...args: never[]) => void>>) => void;
}

/** The supervisor, as a serving process sees it. */
export function connectToSupervisor({ handlers, onGone, listen }: SupervisorOptions): Peer {
  // Taken before any served file runs.
  const send = process.send?.bind(process);
  const peer = createPeer(
    {
      send(message, handle) {
        if (send === undefined || !process.connected) return false;
        send(message, handle, {}, () => {});
        return true;
      },
    },
    handlers,
  );
  listen({
    message: (message: unknown, handle: SendHandle | undefined) => peer.receive(message, handle),
    disconnect() {
      peer.close('the supervisor has ended');
      onGone();
    },
  });
  return peer;
}
