import { Agent, request } from 'undici';
import { businessToken, startServer, type StartOptions, type TestServer } from '../support/start-server.ts';

export interface ShownWorker {
  readonly pid: number;
  readonly state: string;
  readonly generation: number;
  readonly restarts: number;
}

export interface TestCluster extends TestServer {
  /** As `GET /` shows them. */
  workers(): Promise<ShownWorker[]>;
  /** Waits until `GET /` shows them so, whichever process answers. */
  untilWorkers(done: (workers: readonly ShownWorker[]) => boolean): Promise<ShownWorker[]>;
  /** One call on a connection of its own. */
  callFresh(path: string, body?: unknown): Promise<{ status: number; generation: number; data: unknown }>;
  /** Calls on connections of their own until each worker has answered one of them so. */
  untilAll(path: string, done: (answer: { status: number; data: unknown }) => boolean): Promise<void>;
}

export const patience = 20_000;

export const probe = `
import { apiFunction, ApiError } from 'api-deploy';
export const pid = apiFunction(() => process.pid);
export const sleep = apiFunction(async (ms: number) => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return process.pid;
});
`;

/** A service with two serving processes. */
export async function startCluster(options: StartOptions = {}): Promise<TestCluster> {
  const server = await startServer({
    ...options,
    files: { 'probe.ts': probe, ...options.files },
    env: { WORKERS: '2', ...options.env },
  });

  async function callFresh(path: string, body?: unknown) {
    const dispatcher = new Agent();
    try {
      const answer = await request(server.url + path, {
        method: 'POST',
        dispatcher,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token: businessToken, ...(body === undefined ? {} : { body }) }),
      });
      const json = (await answer.body.json()) as { data: unknown };
      return {
        status: answer.statusCode,
        generation: Number(answer.headers['x-generation']),
        data: json.data,
      };
    } finally {
      await dispatcher.destroy();
    }
  }

  const workers = async (): Promise<ShownWorker[]> => (await server.get('/')).json.data.workers;

  return {
    ...server,
    callFresh,
    workers,
    async untilWorkers(done) {
      const deadline = Date.now() + patience;
      for (;;) {
        // The process that is asked may be the one that ends.
        const shown = await workers().catch(() => []);
        if (done(shown)) return shown;
        if (Date.now() > deadline)
          throw new Error(`the workers never were as expected: ${JSON.stringify(shown)}\n${server.output()}`);
        await sleep(20);
      }
    },
    async untilAll(path, done) {
      const expected = (await workers()).length;
      const seen = new Set<unknown>();
      const deadline = Date.now() + patience;
      while (seen.size < expected) {
        const answer = await callFresh(path);
        const { data } = answer;
        if (done(answer)) seen.add((data as { pid: number }).pid);
        if (Date.now() > deadline) throw new Error(`${path}: ${seen.size} of ${expected} workers answered`);
      }
    },
  };
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Whether a process is there, a zombie apart. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export async function until(done: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + patience;
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${patience / 1000} s`);
    await sleep(20);
  }
}

/** Both serve, and neither is one of `before`. */
export function twoOthers(before: readonly ShownWorker[]): (workers: readonly ShownWorker[]) => boolean {
  const pids = new Set(before.map(({ pid }) => pid));
  return (workers) =>
    workers.length === 2 && workers.every(({ pid, state }) => state === 'serving' && !pids.has(pid));
}

/** Two serve, and `gone` is not among them. */
export function replaced(gone: number): (workers: readonly ShownWorker[]) => boolean {
  return (workers) =>
    workers.length === 2 && workers.every(({ pid, state }) => state === 'serving' && pid !== gone);
}
