import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCaller, type Caller } from '../connection/caller.ts';
import { requestBytes } from '../connection/request-bytes.ts';
import { waitUntilServing } from '../connection/wait-until-serving.ts';
import { tokens } from '../http/contenders.ts';
import { cliFile, projectDir } from '../paths.ts';
import { freePort } from '../processes/free-port.ts';
import type { Role } from '../processes/pinning.ts';
import { startProcess, type RunningProcess } from '../processes/start-process.ts';

export interface PlatformOptions {
  readonly role?: Role;
  readonly nodeArgs?: readonly string[];
  /** A folder that is there already, and stays. Default: a temporary one. */
  readonly dir?: string;
}

export interface PlatformService {
  readonly dir: string;
  readonly port: number;
  readonly process: RunningProcess;
  /** Calls once and gives the answer's `data`. */
  call<T>(path: string, body?: object): Promise<T>;
  /** Ends the service, runs `before` with the folder still there, and removes the folder. */
  end(before?: () => void): Promise<void>;
}

/** The test platform as it is published, served by a process of its own. */
export async function startPlatform(options: PlatformOptions = {}): Promise<PlatformService> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'api-deploy-platform-')));
  const port = await freePort();
  const request = (path: string, body: object = {}): Buffer =>
    requestBytes({ port, path, payload: { token: tokens.business, body } });
  const server = await startProcess({
    role: options.role ?? 'server',
    command: process.execPath,
    args: [...(options.nodeArgs ?? []), cliFile, 'start', '--no-watch'],
    cwd: dir,
    env: {
      PORT: String(port),
      VALID_TOKENS: tokens.business,
      ADMIN_TOKENS: tokens.admin,
      ENABLE_REQUEST_LOGGING: 'false',
      APIS_DIR: join(projectDir, 'apis'),
      DATA_DIR: join(dir, 'data'),
    },
    outputFile: join(dir, 'output.log'),
  });
  const end = async (before?: () => void): Promise<void> => {
    await server.stop();
    before?.();
    if (options.dir === undefined) await rm(dir, { recursive: true, force: true });
  };
  try {
    await waitUntilServing(server, port, request('/runs/list'));
  } catch (error) {
    await end();
    throw error;
  }
  async function call<T>(path: string, body?: object): Promise<T> {
    const caller: Caller = createCaller(port, request(path, body));
    try {
      const { status, text } = await caller.call();
      if (status !== 200) throw new Error(`${path}: expected 200, got ${status} '${text}'`);
      return (JSON.parse(text) as { data: T }).data;
    } finally {
      caller.close();
    }
  }
  return { dir, port, process: server, call, end };
}

/** A project with one request and the checks that all runners make; gives the id of the request. */
export async function createOrderApi(platform: PlatformService, url: string): Promise<number> {
  const project = await platform.call<{ id: number }>('/projects/create', { name: `bench of ${url}` });
  const module = await platform.call<{ id: number }>('/modules/create', {
    projectId: project.id,
    name: 'orders',
  });
  const api = await platform.call<{ id: number }>('/catalog/create', {
    moduleId: module.id,
    name: 'order',
    method: 'GET',
    url,
    assertions: [
      { on: 'status', operator: 'equals', expected: 200 },
      { on: 'jsonPath', path: '$.status', operator: 'equals', expected: 'paid' },
    ],
  });
  return api.id;
}

/** Starts the server that all runners send their requests to; gives its address. */
export async function startTargetProcess(dir: string): Promise<{ url: string; process: RunningProcess }> {
  const server = await startProcess({
    role: 'client',
    command: process.execPath,
    args: ['--import', import.meta.resolve('tsx'), join(projectDir, 'bench/platform/target-process.ts')],
    cwd: dir,
    env: {},
    outputFile: join(dir, 'target.log'),
  });
  for (;;) {
    server.checkAlive();
    const port = /port (\d+)/.exec(server.output())?.[1];
    if (port !== undefined) return { url: `http://127.0.0.1:${port}`, process: server };
    await sleep(10);
  }
}
