/** Functions that never return, called among good ones: not one good call may be lost. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cliFile } from '../paths.ts';
import { freePort } from '../processes/free-port.ts';
import { startProcess, type RunningProcess } from '../processes/start-process.ts';

export interface EndlessLoopsOptions {
  readonly loops: number;
  readonly goodCalls: number;
  /** Default: 16. */
  readonly connections?: number;
  /** Seconds, see the configuration. Default: 0.1. */
  readonly blockTimeout?: number;
}

export interface EndlessLoopsReport extends Required<EndlessLoopsOptions> {
  /** Good calls that were not answered as they should; each with what came instead. */
  readonly lost: readonly string[];
  /** Loops that were not answered 504 FUNCTION_TIMEOUT; each with what came instead. */
  readonly wrong: readonly string[];
  readonly seconds: number;
  readonly processLived: boolean;
}

const token = 'token-of-the-soak-run';

const moduleText = `import { apiFunction } from 'api-deploy';
import { setTimeout as sleep } from 'node:timers/promises';
const spin = (): void => { for (;;) {} };
export const good = apiFunction((n: number): number => n + 1);
export const goodLater = apiFunction(async (n: number): Promise<number> => { await sleep(3); return n + 1; });
export const loop = apiFunction((): void => spin());
export const loopAfterAwait = apiFunction(async (): Promise<void> => { await sleep(1); spin(); });
export const loopInToJson = apiFunction(() => ({ get a(): string { return (spin(), ''); } }));
export const regex = apiFunction((): boolean => /^(a+)+$/.test('a'.repeat(60) + 'b'));
`;
const loopKinds = ['loop', 'loopAfterAwait', 'loopInToJson', 'regex'] as const;
const goodKinds = ['good', 'goodLater'] as const;

interface Call {
  readonly bad: boolean;
  readonly path: string;
  readonly n: number;
}

/** Loops and good calls, evenly mixed, over some connections to one process. */
export async function endlessLoops(options: EndlessLoopsOptions): Promise<EndlessLoopsReport> {
  const settings = { connections: 16, blockTimeout: 0.1, ...options };
  const dir = await mkdtemp(join(tmpdir(), 'api-deploy-soak-'));
  await mkdir(join(dir, 'apis'));
  await writeFile(join(dir, 'apis/m.ts'), moduleText);
  const port = await freePort();
  const server = await start(dir, port, settings.blockTimeout);
  try {
    const url = `http://127.0.0.1:${port}`;
    await untilReady(url, server);
    const startedAt = performance.now();
    const { lost, wrong } = await callAll(url, settings);
    const seconds = (performance.now() - startedAt) / 1000;
    server.checkAlive();
    const { status } = await fetch(`${url}/health`);
    return { ...settings, lost, wrong, seconds, processLived: status === 200 };
  } finally {
    await server.stop();
    await rm(dir, { recursive: true });
  }
}

function start(dir: string, port: number, blockTimeout: number): Promise<RunningProcess> {
  return startProcess({
    role: 'server',
    command: process.execPath,
    args: [cliFile, 'start', '--no-watch'],
    cwd: dir,
    env: {
      PORT: String(port),
      VALID_TOKENS: token,
      BLOCK_TIMEOUT: String(blockTimeout),
      QUARANTINE_AFTER: '0',
      // The calls of a whole round may wait behind as many loops as there are connections.
      FUNCTION_TIMEOUT: '120',
      LOG_TO_FILE: 'false',
    },
    outputFile: join(dir, 'output.txt'),
  });
}

async function untilReady(url: string, server: RunningProcess): Promise<void> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const answer = await fetch(`${url}/readiness`).catch(() => undefined);
    if (answer?.status === 200) return;
    server.checkAlive();
    if (performance.now() > deadline) throw new Error(`the server did not start:\n${server.output()}`);
    await sleep(20);
  }
}

function* mixed({ loops, goodCalls }: EndlessLoopsOptions): Generator<Call> {
  const total = loops + goodCalls;
  let begun = 0;
  for (let n = 0; n < total; n++) {
    const bad = begun < Math.floor(((n + 1) * loops) / total);
    if (bad) begun++;
    const path = bad ? (loopKinds[begun % loopKinds.length] ?? 'loop') : (goodKinds[n % 2] ?? 'good');
    yield { bad, path, n };
  }
}

async function callAll(
  url: string,
  options: Required<EndlessLoopsOptions>,
): Promise<{ lost: string[]; wrong: string[] }> {
  const lost: string[] = [];
  const wrong: string[] = [];
  const calls = mixed(options);
  const work = async (): Promise<void> => {
    for (const call of calls) {
      const problem = await callOnce(url, call);
      if (problem !== undefined) (call.bad ? wrong : lost).push(problem);
    }
  };
  await Promise.all(Array.from({ length: options.connections }, work));
  return { lost, wrong };
}

/** What came, when it is not what should. */
async function callOnce(url: string, { bad, path, n }: Call): Promise<string | undefined> {
  try {
    const answer = await fetch(`${url}/m/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token, body: bad ? {} : { n } }),
    });
    const text = await answer.text();
    const { data, code } = JSON.parse(text) as { data?: number; code?: string };
    const right = bad ? answer.status === 504 && code === 'FUNCTION_TIMEOUT' : data === n + 1;
    return right ? undefined : `${path}: ${answer.status} ${text}`;
  } catch (error) {
    return `${path}: ${String((error as Error).cause ?? error)}`;
  }
}
