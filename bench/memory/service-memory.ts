import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCaller } from '../connection/caller.ts';
import { requestBytes } from '../connection/request-bytes.ts';
import { waitUntilServing } from '../connection/wait-until-serving.ts';
import { tokens } from '../http/contenders.ts';
import { cliFile } from '../paths.ts';
import { freePort } from '../processes/free-port.ts';
import { descendantsOf, residentMemoryOf } from '../processes/process-usage.ts';
import { startProcess } from '../processes/start-process.ts';
import type { MemoryKept, MemoryPoint } from './memory-kept.ts';
import { moduleSource } from './module-source.mjs';

const warmup = 20;

/** Served beside the module that is reloaded: collects the garbage and tells what is left. */
const probeSource = `import { setImmediate as turn } from 'node:timers/promises';
import { apiFunction } from 'api-deploy';

export const memory = apiFunction(async () => {
  for (let pass = 0; pass < 4; pass++) {
    (globalThis as { gc?: () => void }).gc?.();
    await turn();
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heapUsed };
});
`;

/** A real service that reloads a real file through `POST /api/reload`, again and again. */
export async function measureService(evaluations: number): Promise<MemoryKept> {
  const dir = await mkdtemp(join(tmpdir(), 'api-deploy-bench-'));
  const port = await freePort();
  const file = join(dir, 'apis/big.ts');
  await mkdir(join(dir, 'apis'));
  await writeFile(join(dir, 'apis/probe.ts'), probeSource);
  await writeFile(file, moduleSource('api', 0));
  const server = await startProcess({
    role: 'server',
    command: process.execPath,
    args: ['--expose-gc', cliFile, 'start', '--no-watch'],
    cwd: dir,
    env: {
      PORT: String(port),
      VALID_TOKENS: tokens.business,
      ADMIN_TOKENS: tokens.admin,
      ENABLE_REQUEST_LOGGING: 'false',
    },
    outputFile: join(dir, 'output.log'),
  });
  const post = (path: string, token: string): Buffer => requestBytes({ port, path, payload: { token } });
  const probe = createCaller(port, post('/probe/memory', tokens.business));
  const reload = createCaller(port, post('/api/reload', tokens.admin));

  async function reloadVersion(version: number): Promise<void> {
    await writeFile(file, moduleSource('api', version));
    const { status, text } = await reload.call();
    const { data } = JSON.parse(text) as { data?: { swapped: boolean; loaded: readonly string[] } };
    if (status === 200 && data?.swapped === true && data.loaded.includes('big')) return;
    throw new Error(`reload ${version}: expected that 'big' was loaded, got '${status} ${text}'`);
  }

  async function read(): Promise<MemoryPoint> {
    const { data } = JSON.parse((await probe.call()).text) as { data: { rss: number; heapUsed: number } };
    const helpers = descendantsOf(server.pid).reduce((sum, pid) => sum + (residentMemoryOf(pid) ?? 0), 0);
    return { ...data, helpers };
  }

  try {
    await waitUntilServing(server, port, post('/probe/memory', tokens.business));
    for (let version = 1; version <= warmup; version++) await reloadVersion(version);
    const before = await read();
    for (let version = 1; version <= evaluations; version++) await reloadVersion(warmup + version);
    return { before, after: await read() };
  } finally {
    probe.close();
    reload.close();
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  }
}
