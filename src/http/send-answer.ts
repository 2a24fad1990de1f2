import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ReadyStream } from './answer-request.ts';
import type { Answer } from './answer.ts';
import type { Buffers } from './buffers.ts';
import type { HttpDeps } from './http-deps.ts';
import { isEnding } from './service-state.ts';
import { watchDelivery } from './watch-delivery.ts';
import { writeAnswer } from './write-answer.ts';
import { writeStream } from './write-stream.ts';

type SendDeps = Pick<HttpDeps, 'settings' | 'meter' | 'state'>;

/** A request and its answer, as `node:http` has them. */
export interface NodeExchange {
  readonly incoming: Pick<IncomingMessage, 'socket'>;
  readonly outgoing: ServerResponse;
}

/**
 * Answers go straight to `node:http`. Hono's `Response` would be fast only if `@hono/node-server`
 * replaced the global class, and then `await fetch(…) instanceof Response` would be false in the
 * functions that we serve.
 */
export function sendAnswer(
  { outgoing }: NodeExchange,
  answer: Answer,
  { deps, buffers }: { deps: SendDeps; buffers: Buffers },
): void {
  if (outgoing.destroyed) return;
  afterSending(outgoing, writeAnswer(outgoing, answer), { deps, buffers });
}

/** Counts what was sent; when it could not go out at once, watches that the client takes it. */
export function afterSending(
  outgoing: ServerResponse,
  bytes: number,
  { deps, buffers }: { deps: SendDeps; buffers: Buffers },
): void {
  deps.meter.sent(bytes);
  // Nearly all answers are in the system's hands by now.
  if (outgoing.socket !== null && outgoing.socket.writableLength === 0) return;
  const timeout = deps.settings().sendTimeout * 1000;
  watchDelivery(outgoing, { bytes, buffers, timeout, onCut: () => deps.meter.cutSlowReader() });
}

export async function sendStream(
  { incoming, outgoing }: NodeExchange,
  answer: ReadyStream,
  deps: SendDeps,
): Promise<void> {
  const end = await writeStream(outgoing, answer, {
    stallTimeout: deps.settings().sendTimeout * 1000,
    onBytes: (bytes) => deps.meter.sent(bytes),
  });
  answer.sent(end);
  // Its headers may have gone out before the service began to stop, and then did not say so.
  if (isEnding(deps.state())) incoming.socket.destroySoon();
}
