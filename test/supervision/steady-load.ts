import { Agent, request } from 'node:http';
import { businessToken } from '../support/start-server.ts';

/** How one call of the load ended. */
export interface LoadAnswer {
  readonly status: number;
  readonly generation: number;
  /** `data` of the answer. */
  readonly data: unknown;
  /** Of `Date.now()`. */
  readonly sentAt: number;
  readonly endedAt: number;
}

export interface LoadFailure {
  readonly code: string;
  readonly sentAt: number;
  readonly endedAt: number;
  /** Whether the request was sent on a connection that had been used before. */
  readonly reused: boolean;
}

export interface SteadyLoad {
  /** By client, in the order of its calls. */
  readonly answers: readonly (readonly LoadAnswer[])[];
  readonly failures: readonly LoadFailure[];
  /** Waits for the calls under way. */
  stop(): Promise<void>;
}

export interface LoadOptions {
  readonly url: string;
  readonly path: string;
  readonly body?: unknown;
  readonly clients: number;
  /** Milliseconds between two calls of a client. Default: 0. */
  readonly pause?: number;
  /** A connection of its own for each call. Default: false. */
  readonly fresh?: boolean;
  /** Stops a client at its first failure of this kind, such as after the server's end. */
  readonly until?: (failure: LoadFailure) => boolean;
}

/** Clients that call one after the other, each waiting for its answer. */
export function startLoad(options: LoadOptions): SteadyLoad {
  const answers: LoadAnswer[][] = Array.from({ length: options.clients }, () => []);
  const failures: LoadFailure[] = [];
  let stopped = false;
  const client = async (own: LoadAnswer[]): Promise<void> => {
    const agent = options.fresh === true ? false : new Agent({ keepAlive: true, maxSockets: 1 });
    while (!stopped) {
      const outcome = await callOnce(options, agent);
      if ('status' in outcome) own.push(outcome);
      else {
        failures.push(outcome);
        if (options.until?.(outcome) === true) break;
      }
      if (options.pause !== undefined) await new Promise((resolve) => setTimeout(resolve, options.pause));
    }
    if (agent !== false) agent.destroy();
  };
  const running = Promise.all(answers.map(client));
  return {
    answers,
    failures,
    async stop() {
      stopped = true;
      await running;
    },
  };
}

function callOnce({ url, path, body }: LoadOptions, agent: Agent | false): Promise<LoadAnswer | LoadFailure> {
  const sentAt = Date.now();
  return new Promise((resolve) => {
    const sent = request(url + path, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json' },
    });
    const fail = (error: NodeJS.ErrnoException): void =>
      resolve({
        code: error.code ?? error.message,
        sentAt,
        endedAt: Date.now(),
        reused: sent.reusedSocket,
      });
    sent.on('error', fail);
    sent.on('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text += chunk));
      answer.on('error', fail);
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          generation: Number(answer.headers['x-generation']),
          data: (JSON.parse(text) as { data?: unknown }).data,
          sentAt,
          endedAt: Date.now(),
        }),
      );
    });
    sent.end(JSON.stringify({ token: businessToken, ...(body === undefined ? {} : { body }) }));
  });
}
