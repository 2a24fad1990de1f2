import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createCaller, type Caller } from '../connection/caller.ts';
import { requestBytes } from '../connection/request-bytes.ts';
import { waitUntilServing } from '../connection/wait-until-serving.ts';
import { tokens } from '../http/contenders.ts';
import { cliFile } from '../paths.ts';
import { freePort } from '../processes/free-port.ts';
import { startProcess, type RunningProcess } from '../processes/start-process.ts';

export interface SoakService {
  readonly dir: string;
  readonly port: number;
  readonly server: RunningProcess;
  /** Writes a file below `apis`. */
  write(path: string, text: string): Promise<void>;
  /** A request as bytes, with the business token. */
  request(path: string, body?: object): Buffer;
  /** Calls once, on a connection of its own, and gives the answer's `data`. */
  call(path: string, body?: object): Promise<unknown>;
  end(): Promise<void>;
}

export interface SoakServiceOptions {
  /** Files below `apis`. */
  readonly files: Readonly<Record<string, string>>;
  /** Answers 200 as soon as the service is ready. */
  readonly ready: string;
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A project in a temporary folder, served by the command line as it is published. */
export async function startSoakService(options: SoakServiceOptions): Promise<SoakService> {
  const dir = await mkdtemp(join(tmpdir(), 'api-deploy-soak-'));
  const port = await freePort();
  const write = async (path: string, text: string): Promise<void> => {
    const file = join(dir, 'apis', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  };
  for (const [path, text] of Object.entries(options.files)) await write(path, text);
  const server = await startProcess({
    role: 'unpinned',
    command: process.execPath,
    args: [...(options.nodeArgs ?? []), cliFile, 'start'],
    cwd: dir,
    env: {
      PORT: String(port),
      VALID_TOKENS: tokens.business,
      ADMIN_TOKENS: tokens.admin,
      ENABLE_REQUEST_LOGGING: 'false',
      ...options.env,
    },
    outputFile: join(dir, 'output.log'),
  });
  const request = (path: string, body: object = {}): Buffer =>
    requestBytes({ port, path, payload: { token: tokens.business, body } });
  const end = async (): Promise<void> => {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await waitUntilServing(server, port, request(options.ready));
  } catch (error) {
    await end();
    throw error;
  }
  const call = async (path: string, body?: object): Promise<unknown> => {
    const caller: Caller = createCaller(port, request(path, body));
    try {
      const { status, text } = await caller.call();
      if (status !== 200) throw new Error(`${path}: expected 200, got ${status} '${text}'`);
      return (JSON.parse(text) as { data: unknown }).data;
    } finally {
      caller.close();
    }
  };
  return { dir, port, server, write, request, call, end };
}
