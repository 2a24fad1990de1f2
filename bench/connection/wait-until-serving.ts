import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningProcess } from '../processes/start-process.ts';
import { createCaller } from './caller.ts';

const patience = 30_000;

/**
 * Sends the request until it is answered with 200.
 *
 * @throws Error with the server's output, when it ends or takes more than 30 s
 */
export async function waitUntilServing(server: RunningProcess, port: number, request: Buffer): Promise<void> {
  const caller = createCaller(port, request);
  const deadline = performance.now() + patience;
  let last = 'no answer';
  try {
    while (performance.now() < deadline) {
      server.checkAlive();
      try {
        const { status, text } = await caller.call();
        if (status === 200) return;
        last = `${status} ${text}`;
      } catch (error) {
        last = (error as Error).message;
      }
      await sleep(10);
    }
  } finally {
    caller.close();
  }
  throw new Error(
    `expected 200 within ${patience / 1000} s, got '${last}'; the server's output:\n${server.output()}`,
  );
}
