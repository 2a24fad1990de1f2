import type { SendHandle } from 'node:child_process';
import { fromWireError, toWireError, type WireError } from './wire-error.ts';

/** The way to another process, such as its IPC channel. */
export interface Channel {
  /** False when the message could not be handed over. */
  send(message: unknown, handle?: SendHandle): boolean;
}

type Handler = (payload: never, handle?: SendHandle) => unknown;

/** What the other side may ask for, by name; a handler's promise is the answer. */
export type Handlers = Readonly<Record<string, Handler>>;

/** One of two processes that ask each other. */
export interface Peer {
  /**
   * Asks the other process and gives its answer. Waits as long as the channel is open.
   *
   * @throws what the handler over there throws; Error when the channel is closed before the answer
   */
  ask<Answer>(name: string, payload?: unknown, handle?: SendHandle): Promise<Answer>;
  /** The same without an answer. Never throws: a process that is gone need not be told. */
  tell(name: string, payload?: unknown): void;
  /** A message of the other process; true when it was for us. */
  receive(message: unknown, handle?: SendHandle): boolean;
  /** The channel is closed: whatever is still asked fails. */
  close(why: string): void;
}

/** Keeps our messages apart from those that functions send. */
const mark = 'api-deploy';

type Message =
  | { readonly mark: typeof mark; readonly kind: 'ask'; id: number; name: string; payload: unknown }
  | { readonly mark: typeof mark; readonly kind: 'answer'; id: number; value: unknown }
  | { readonly mark: typeof mark; readonly kind: 'failure'; id: number; error: WireError };

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** `handlers` may be added to until the first message comes. */
export function createPeer(channel: Channel, handlers: Handlers): Peer {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let closed: string | undefined;

  function send(message: Message, handle?: SendHandle): boolean {
    return closed === undefined && channel.send(message, handle);
  }

  async function answer(
    { id, name, payload }: Message & { kind: 'ask' },
    passed: SendHandle | undefined,
  ): Promise<void> {
    try {
      const handler = handlers[name];
      if (handler === undefined)
        throw new Error(`expected one of ${Object.keys(handlers).join(', ')}, got '${name}'`);
      const value = await handler(payload as never, passed);
      if (id !== 0) send({ mark, kind: 'answer', id, value });
    } catch (error) {
      // What nobody waits for fails at the next question that somebody does wait for.
      if (id !== 0) send({ mark, kind: 'failure', id, error: toWireError(error) });
    }
  }

  return {
    ask<Answer>(name: string, payload?: unknown, handle?: SendHandle) {
      return new Promise<Answer>((resolve, reject) => {
        lastId += 1;
        const id = lastId;
        waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
        if (send({ mark, kind: 'ask', id, name, payload }, handle)) return;
        waiting.delete(id);
        reject(new Error(`'${name}' cannot be asked: ${closed ?? 'the other process is gone'}`));
      });
    },
    tell(name, payload) {
      send({ mark, kind: 'ask', id: 0, name, payload });
    },
    receive(message, handle) {
      if (!isMessage(message)) return false;
      if (message.kind === 'ask') void answer(message, handle);
      else {
        const asked = waiting.get(message.id);
        waiting.delete(message.id);
        if (message.kind === 'answer') asked?.resolve(message.value);
        else asked?.reject(fromWireError(message.error));
      }
      return true;
    },
    close(why) {
      closed ??= why;
      for (const { reject } of waiting.values()) reject(new Error(why));
      waiting.clear();
    },
  };
}

function isMessage(message: unknown): message is Message {
  return typeof message === 'object' && message !== null && 'mark' in message && message.mark === mark;
}
