import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cliFile } from '../paths.ts';
import { ensureBuild } from '../processes/ensure-build.ts';
import { freePort } from '../processes/free-port.ts';
import { startProcess, type RunningProcess } from '../processes/start-process.ts';
import { sendPacedCalls, type PacedCall } from './paced-calls.ts';

export interface KilledWorkersOptions {
  readonly seconds: number;
  /** Calls per second. */
  readonly rate: number;
  /** Seconds between two kills. Default: 2. */
  readonly killEvery?: number;
}

export interface KilledWorkersReport {
  readonly seconds: number;
  readonly kills: number;
  readonly calls: number;
  readonly answered: number;
  /** Without an answer, and under way when a worker was killed. */
  readonly failedInFlight: number;
  /** Without an answer for any other reason. Expected: 0. */
  readonly failedOtherwise: number;
  /** Lines of answered calls that must be in the log: error, auth and urgent call lines. */
  readonly linesExpected: number;
  /** Of those, not found, or found more than once. Expected: 0. */
  readonly linesWrong: number;
  /** Lines that are no JSON. Expected: 0. */
  readonly linesTorn: number;
  /** From the end of a killed worker until another one served in its place, as the log says, in order. Milliseconds. */
  readonly replacements: readonly number[];
  /** The same of a worker that hung, from when the supervisor had found out. Milliseconds. */
  readonly hungReplacement: number;
}

const businessToken = 'business-token-for-the-soak-test';
/** A call that ends so long after a kill may still have been under way. Milliseconds. */
const slack = 150;

const source = `
import { apiFunction, type CallContext } from 'api-deploy';
export const note = apiFunction(async (nr: number, ctx: CallContext) => {
  ctx.log.warn('noted', { nr });
  await new Promise((resolve) => setTimeout(resolve, 2));
  return nr;
});
export const fail = apiFunction((nr: number): number => { throw new Error('failed ' + nr); });
`;

/** `kill -9` of random workers while calls come at a steady rate. */
export async function killedWorkers(options: KilledWorkersOptions): Promise<KilledWorkersReport> {
  ensureBuild();
  const dir = await mkdtemp(join(tmpdir(), 'api-deploy-soak-'));
  let server: RunningProcess | undefined;
  try {
    await mkdir(join(dir, 'apis'));
    await writeFile(join(dir, 'apis', 'soak.ts'), source);
    const port = await freePort();
    server = await startProcess({
      role: 'unpinned',
      command: process.execPath,
      args: [cliFile, 'start'],
      cwd: dir,
      env: {
        WORKERS: '2',
        PORT: String(port),
        VALID_TOKENS: businessToken,
        HOT_RELOAD: 'false',
        BLOCK_TIMEOUT: '1 s',
      },
      outputFile: join(dir, 'output.txt'),
    });
    return await run({ options, url: `http://127.0.0.1:${port}`, dir, server });
  } finally {
    await server?.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

interface Running {
  readonly options: KilledWorkersOptions;
  readonly url: string;
  readonly dir: string;
  readonly server: RunningProcess;
}

async function run({ options, url, dir, server }: Running): Promise<KilledWorkersReport> {
  await untilServing(url, [], server);
  const killing = killAgainAndAgain(url, options, server);
  const calls = await sendPacedCalls({ ...options, url, connections: 32, callOf });
  const killedAt = await killing;
  const hung = await hangOne(url, server);
  await server.stop();
  const lines = await readLog(dir);
  const answered = calls.filter(({ failure }) => failure === undefined);
  const failed = calls.filter(({ failure }) => failure !== undefined);
  const inFlight = failed.filter((call) => killedAt.some((at) => wasUnderWay(call, at)));
  return {
    seconds: options.seconds,
    kills: killedAt.length,
    calls: calls.length,
    answered: answered.length,
    failedInFlight: inFlight.length,
    failedOtherwise: failed.length - inFlight.length,
    ...checkLines(lines, answered),
    ...replacementsIn(lines, hung),
  };
}

/** Every 10th call fails, every 10th has a wrong token: lines of all kinds. */
function callOf(nr: number): { path: string; payload: unknown } {
  const token = nr % 10 === 5 ? `wrong token of call ${nr}` : businessToken;
  return { path: nr % 10 === 0 ? '/soak/fail' : '/soak/note', payload: { token, body: { nr } } };
}

function wasUnderWay({ sentAt, endedAt }: PacedCall, at: number): boolean {
  return sentAt <= at + slack && endedAt >= at;
}

async function killAgainAndAgain(
  url: string,
  { seconds, killEvery = 2 }: KilledWorkersOptions,
  server: RunningProcess,
): Promise<number[]> {
  const killedAt: number[] = [];
  const end = performance.now() + seconds * 1000;
  for (;;) {
    await sleep(killEvery * 1000);
    if (performance.now() > end - 500) return killedAt;
    const workers = await untilServing(url, [], server);
    const victim = workers[Math.floor(Math.random() * workers.length)];
    if (victim === undefined) continue;
    killedAt.push(Date.now());
    process.kill(victim, 'SIGKILL');
    await untilServing(url, [victim], server);
  }
}

/** Stops one as if it hung, until another one serves in its place. */
async function hangOne(url: string, server: RunningProcess): Promise<number> {
  const [victim = 0] = await untilServing(url, [], server);
  process.kill(victim, 'SIGSTOP');
  await untilServing(url, [victim], server);
  return victim;
}

/** Process ids of the two that serve, none of them among `gone`. */
async function untilServing(url: string, gone: readonly number[], server: RunningProcess): Promise<number[]> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    server.checkAlive();
    const serving = await servingNow(url);
    if (serving.length === 2 && !serving.some((pid) => gone.includes(pid))) return serving;
    if (performance.now() > deadline)
      throw new Error(`expected two serving workers within 30 s, got ${serving.length}:\n${server.output()}`);
    await sleep(20);
  }
}

async function servingNow(url: string): Promise<number[]> {
  try {
    const answer = await fetch(`${url}/`, {
      headers: { connection: 'close' },
      // The process that was asked may be the one that hangs.
      signal: AbortSignal.timeout(500),
    });
    const { data } = (await answer.json()) as { data: { workers?: { pid: number; state: string }[] } };
    return (data.workers ?? []).filter(({ state }) => state === 'serving').map(({ pid }) => pid);
  } catch {
    // The process that was asked is the one that was killed.
    return [];
  }
}

/** Undefined for a line that is no JSON. */
async function readLog(dir: string): Promise<(SoakLine | undefined)[]> {
  const folder = join(dir, 'logs');
  const texts = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
  );
  return texts.join('').split('\n').filter(Boolean).map(parsed);
}

function replacementsIn(
  lines: readonly (SoakLine | undefined)[],
  hung: number,
): Pick<KilledWorkersReport, 'hungReplacement' | 'replacements'> {
  const found = lines.flatMap((line) => (line?.insteadOf === undefined ? [] : [line]));
  const replacements = found.flatMap(({ insteadOf, tookMs = NaN }) => (insteadOf === hung ? [] : [tookMs]));
  return {
    replacements,
    hungReplacement: found.find(({ insteadOf }) => insteadOf === hung)?.tookMs ?? NaN,
  };
}

function checkLines(
  lines: readonly (SoakLine | undefined)[],
  answered: readonly PacedCall[],
): Pick<KilledWorkersReport, 'linesExpected' | 'linesWrong' | 'linesTorn'> {
  const found = new Map<string, number>();
  let linesTorn = 0;
  let refused = 0;
  for (const line of lines) {
    if (line === undefined) linesTorn++;
    else if (line.kind === 'auth') refused++;
    else {
      const key = line.kind === 'error' ? line.err?.message : `noted ${line.nr}`;
      if (line.kind === 'error' || line.kind === 'call') found.set(`${key}`, (found.get(`${key}`) ?? 0) + 1);
    }
  }
  const noted = answered.flatMap(({ nr, status }) => (status === 200 ? [`noted ${nr}`] : []));
  const failed = answered.flatMap(({ nr, status }) => (status === 500 ? [`failed ${nr}`] : []));
  const refusals = answered.filter(({ status }) => status === 401).length;
  const wrong = [...noted, ...failed].filter((key) => found.get(key) !== 1).length;
  return {
    linesExpected: noted.length + failed.length + refusals,
    // A killed worker may have refused a call and logged it without having sent its answer.
    linesWrong: wrong + Math.max(0, refusals - refused),
    linesTorn,
  };
}

interface SoakLine {
  readonly kind?: string;
  readonly nr?: number;
  readonly err?: { readonly message?: string };
  readonly insteadOf?: number;
  readonly tookMs?: number;
}

function parsed(text: string): SoakLine | undefined {
  try {
    return JSON.parse(text) as SoakLine;
  } catch {
    return undefined;
  }
}
