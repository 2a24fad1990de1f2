import { Agent, request } from 'node:http';

export interface PacedCall {
  readonly nr: number;
  readonly status: number | undefined;
  /** Of `Date.now()`. */
  readonly sentAt: number;
  readonly endedAt: number;
  /** Why there was no answer. */
  readonly failure: string | undefined;
}

export interface PacedOptions {
  readonly url: string;
  /** Calls per second, sent whether or not earlier ones are answered. */
  readonly rate: number;
  readonly seconds: number;
  readonly connections: number;
  /** Path and payload of a call. */
  readonly callOf: (nr: number) => { readonly path: string; readonly payload: unknown };
}

/** Sends calls at a steady rate, and tells how each of them ended. */
export async function sendPacedCalls(options: PacedOptions): Promise<PacedCall[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections });
  const calls: Promise<PacedCall>[] = [];
  const startedAt = performance.now();
  const total = Math.round(options.rate * options.seconds);
  while (calls.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1000) * options.rate));
    while (calls.length < due) calls.push(send(calls.length, agent, options));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const ended = await Promise.all(calls);
  agent.destroy();
  return ended;
}

function send(nr: number, agent: Agent, { url, callOf }: PacedOptions): Promise<PacedCall> {
  const { path, payload } = callOf(nr);
  const sentAt = Date.now();
  return new Promise((resolve) => {
    const end = (status: number | undefined, failure?: string): void =>
      resolve({ nr, status, sentAt, endedAt: Date.now(), failure });
    const sent = request(url + path, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json' },
    });
    const fail = (error: NodeJS.ErrnoException): void => end(undefined, error.code ?? error.message);
    sent.on('error', fail);
    sent.on('response', (answer) => {
      answer.on('error', fail);
      answer.on('end', () => end(answer.statusCode));
      answer.resume();
    });
    sent.end(JSON.stringify(payload));
  });
}
