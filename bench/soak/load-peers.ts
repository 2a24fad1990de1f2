import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { requestBytes } from '../connection/request-bytes.ts';
import { waitUntilServing } from '../connection/wait-until-serving.ts';
import { freePort } from '../processes/free-port.ts';
import { startProcess } from '../processes/start-process.ts';
import { plainText } from '../reload/module-text.ts';
import { reloadContenders, type ReloadContender } from '../reload/contenders.ts';

export const loadPeers = reloadContenders.filter(({ name }) => !name.startsWith('ours'));

export interface LoadPeer {
  readonly port: number;
  readonly request: Buffer;
  readonly save: (version: number) => Promise<void>;
  readonly end: () => Promise<void>;
}

/** Watchers begin a little after the server answers. Milliseconds. */
const settling = 500;

/** A plain server whose one module is saved, under a tool that restarts or re-evaluates it. */
export async function startLoadPeer(contender: ReloadContender): Promise<LoadPeer> {
  const dir = await mkdtemp(join(tmpdir(), 'api-deploy-soak-'));
  const { command, args, file } = await contender.prepare(dir);
  const port = await freePort();
  const server = await startProcess({
    role: 'unpinned',
    command,
    args,
    cwd: dir,
    env: { PORT: String(port) },
    outputFile: join(dir, 'output.log'),
  });
  const request = requestBytes({ port, path: '/hello/hello', payload: { body: {} } });
  const end = async (): Promise<void> => {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await waitUntilServing(server, port, request);
    await sleep(settling);
  } catch (error) {
    await end();
    throw error;
  }
  return { port, request, save: (version) => writeFile(file, plainText(version)), end };
}
