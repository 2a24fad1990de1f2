import { createCaller, type Caller } from '../connection/caller.ts';
import type { BackgroundCounts } from './save-result.ts';

const connections = 4;
const perSecond = 100;

export interface BackgroundLoad {
  /** Waits for the answers that are on their way. */
  stop(): Promise<BackgroundCounts>;
}

/**
 * 100 requests a second in all, on 4 connections. A connection whose request has no answer yet skips its turn;
 * one that is lost is opened anew at its next turn, so that a server that is away costs requests at that rate.
 */
export function startBackgroundLoad(port: number, request: Buffer): BackgroundLoad {
  let sent = 0;
  let failed = 0;
  let slowest = 0;
  const callers = Array.from({ length: connections }, () => createCaller(port, request));
  const running = new Map<Caller, Promise<void>>();

  async function send(caller: Caller): Promise<void> {
    const sentAt = performance.now();
    sent += 1;
    try {
      const { status } = await caller.call();
      if (status !== 200) failed += 1;
    } catch {
      failed += 1;
    }
    slowest = Math.max(slowest, performance.now() - sentAt);
    running.delete(caller);
  }

  let turn = 0;
  const timer = setInterval(() => {
    const caller = callers[turn % connections];
    turn += 1;
    if (caller !== undefined && !running.has(caller)) running.set(caller, send(caller));
  }, 1000 / perSecond);

  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(running.values());
      for (const caller of callers) caller.close();
      return { sent, failed, slowest };
    },
  };
}
