import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { benchDir } from '../paths.ts';
import { freePort } from '../processes/free-port.ts';
import { startProcess } from '../processes/start-process.ts';
import { bun, tsx } from '../reload/contenders.ts';
import { plainBigModule } from './big-module.ts';
import type { MemoryGrowth } from './memory-growth.ts';
import { scaled } from './soak-part.ts';

export interface MemoryPeer {
  /** For `--peers`. */
  readonly name: string;
  readonly label: string;
  readonly command: string;
  readonly args: readonly string[];
  /** It has to be asked to load what was saved. */
  readonly asked: boolean;
  /** It starts its server anew, instead of evaluating a module anew. */
  readonly restarts: boolean;
  /** At full length. Those that restart begin with nothing each time; none but the last is quick. */
  readonly reloads: number;
}

const server = 'memory-server.mjs';
const imports = (label: string, nodeArgs: readonly string[]): MemoryPeer => ({
  name: 'import',
  label,
  command: process.execPath,
  args: ['--expose-gc', ...nodeArgs, server],
  asked: true,
  restarts: false,
  reloads: 3_000,
});

export const memoryPeers: readonly MemoryPeer[] = [
  {
    name: 'tsx-watch',
    label: 'tsx watch',
    command: process.execPath,
    args: [tsx, 'watch', server],
    asked: false,
    restarts: true,
    reloads: 100,
  },
  {
    name: 'node-watch',
    label: 'node --watch',
    command: process.execPath,
    args: ['--watch', server],
    asked: false,
    restarts: true,
    reloads: 100,
  },
  {
    name: 'bun-hot',
    label: 'bun --hot',
    command: bun,
    args: ['--hot', server],
    asked: false,
    restarts: false,
    reloads: 500,
  },
  imports("import('file?v=n')", []),
  imports("import('file?v=n'), 128 MB heap", ['--max-old-space-size=128']),
];

const warmup = 20;
const patience = 30_000;

interface PeerAnswer {
  readonly version: number;
  readonly rss: number;
  readonly heap: number;
}

/** What reloads leave behind in one peer; how far it came, where it ended before the last of them. */
export async function measurePeerMemory(peer: MemoryPeer, scale: number): Promise<MemoryGrowth> {
  const dir = await mkdtemp(join(tmpdir(), 'api-deploy-soak-'));
  const port = await freePort();
  const file = join(dir, 'big.js');
  await copyFile(join(benchDir, 'peers', server), join(dir, server));
  await writeFile(join(dir, 'package.json'), '{"type":"module"}\n');
  await writeFile(file, plainBigModule(0));
  const { command, args, asked, restarts } = peer;
  const running = await startProcess({
    role: 'unpinned',
    command,
    args,
    cwd: dir,
    env: { PORT: String(port) },
    outputFile: join(dir, 'output.log'),
  });

  const ask = async (path: string): Promise<PeerAnswer> =>
    (await (
      await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(5_000) })
    ).json()) as PeerAnswer;

  /** Asks until it is there: a tool that restarts its server is away for a while. */
  async function until(version: number, path: string): Promise<PeerAnswer> {
    const deadline = performance.now() + patience;
    for (;;) {
      running.checkAlive();
      const answer = await ask(path).catch(() => undefined);
      if (answer?.version === version) return answer;
      if (performance.now() > deadline)
        throw new Error(`${peer.label} did not serve version ${version}:\n${running.output()}`);
      await sleep(1);
    }
  }

  async function save(version: number): Promise<void> {
    await writeFile(file, plainBigModule(version));
    await until(version, asked ? `/import?v=${version}` : '/version');
  }

  const count = scaled(peer.reloads, scale);
  let done = 0;
  try {
    await until(0, '/version');
    await sleep(500);
    for (let version = 1; version <= warmup; version++) await save(version);
    const before = await until(warmup, '/memory');
    try {
      for (; done < count; done++) await save(warmup + done + 1);
    } catch (error) {
      if (!running.output().includes('heap out of memory')) throw error;
      return { restarts, reloads: done, before, after: undefined };
    }
    return { restarts, reloads: done, before, after: await until(warmup + count, '/memory') };
  } finally {
    await running.stop();
    await rm(dir, { recursive: true, force: true });
  }
}
