import { setMaxListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import type { CallFunction } from '../engine/engine-parts.ts';
import type { Exchange, PreparedRequest, Transport } from '../model/transport.ts';

/**
 * Stands between the engine and the world, so that a run can be stopped between two requests: a closed gate lets
 * what is in flight come to its end, and holds back what would begin.
 */
export interface Gate {
  transport: Transport;
  callFunction: CallFunction;
  /** Resolves when nothing is in flight any more and what came of it was handed out, or after `milliseconds`. */
  close(milliseconds: number): Promise<void>;
  /** Nothing gets through any more, teardowns neither: what is held back comes back unsent. */
  abandon(): void;
}

/** Turns of the event loop in which an answer becomes a result, or the next call of the same step. */
const quietTurns = 20;

const notSent = { code: 'CANCELLED', message: 'the run stopped before this was sent' };

export function createGate(transport: Transport, callFunction: CallFunction): Gate {
  const abandoned = new AbortController();
  // Whatever is held back listens to it.
  setMaxListeners(0, abandoned.signal);
  let closed = false;
  let inFlight = 0;

  async function pass<T>(work: Promise<T>): Promise<T> {
    inFlight += 1;
    try {
      return await work;
    } finally {
      inFlight -= 1;
    }
  }

  return {
    transport: {
      async send(request, options) {
        if (!closed) return await pass(transport.send(request, options));
        await aborted(options.signal, abandoned.signal);
        return heldBack(request);
      },
      close: () => transport.close(),
    },
    // These pass a closed gate, too: they may be the checks of an answer that came.
    async callFunction(endpoint, body, options) {
      if (abandoned.signal.aborted)
        return { success: false, status: 503, code: notSent.code, error: notSent.message };
      return await pass(callFunction(endpoint, body, options));
    },
    async close(milliseconds) {
      closed = true;
      const deadline = performance.now() + milliseconds;
      for (let quiet = 0; quiet < quietTurns && performance.now() < deadline;) {
        await turn();
        quiet = inFlight === 0 ? quiet + 1 : 0;
        if (inFlight > 0) await new Promise((resolve) => setTimeout(resolve, 2));
      }
    },
    abandon() {
      closed = true;
      abandoned.abort();
    },
  };
}

/** Resolves when the first of them is aborted. */
export function aborted(...signals: AbortSignal[]): Promise<undefined> {
  if (signals.some((signal) => signal.aborted)) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const end = () => {
      for (const signal of signals) signal.removeEventListener('abort', end);
      resolve(undefined);
    };
    for (const signal of signals) signal.addEventListener('abort', end);
  });
}

function heldBack({ method, url, headers }: PreparedRequest): Exchange {
  return { request: { method, url, headers }, timings: { total: 0 }, error: notSent, attempts: 0 };
}
