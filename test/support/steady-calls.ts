import { setTimeout as sleep } from 'node:timers/promises';
import type { TestServer } from './start-server.ts';

export interface SteadyCalls {
  /** What did not answer as it should, so far. */
  readonly problems: readonly string[];
  readonly answered: number;
  stop(): Promise<void>;
}

/** Calls functions again and again that nobody touches, by path with the data they must answer with. */
export function callSteadily(
  server: TestServer,
  expected: Readonly<Record<string, unknown>>,
  pauseMs = 10,
): SteadyCalls {
  const problems: string[] = [];
  let answered = 0;
  let stopped = false;

  async function work(): Promise<void> {
    while (!stopped) {
      for (const [path, data] of Object.entries(expected)) {
        const answer = await server
          .call(path)
          .catch((error: unknown) => ({ status: 0, json: String(error) }));
        if (answer.status !== 200 || answer.json.data !== data)
          problems.push(`${path}: ${answer.status} ${JSON.stringify(answer.json)}`);
        answered++;
      }
      await sleep(pauseMs);
    }
  }

  const working = work();
  return {
    problems,
    get answered() {
      return answered;
    },
    async stop() {
      stopped = true;
      await working;
    },
  };
}
