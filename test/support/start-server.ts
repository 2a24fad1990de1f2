import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Agent, request } from 'undici';

export const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const businessToken = 'business-token-for-tests';
export const adminToken = 'admin-token-for-tests-only';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // The tests look into whatever came; `any` keeps them readable.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly json: any;
}

export interface TestServer {
  readonly url: string;
  /** The project's folder; modules are in `apis` below it. */
  readonly dir: string;
  readonly process: ChildProcess;
  /** Everything printed so far, stdout and stderr. */
  output(): string;
  /** Writes a file below `apis`. */
  write(path: string, text: string): Promise<void>;
  remove(path: string): Promise<void>;
  call(path: string, body?: unknown, token?: string): Promise<Answer>;
  get(path: string): Promise<Answer>;
  admin(path: string, token?: string): Promise<Answer>;
  /** Sends this JSON as it is. */
  post(path: string, payload: unknown): Promise<Answer>;
  /** Calls until `done` holds for the answer; fails with the last answer after 20 s. */
  until(path: string, done: (answer: Answer) => boolean, body?: unknown): Promise<Answer>;
  generation(): Promise<number>;
  logLines(): Promise<Record<string, unknown>[]>;
  /** SIGTERM, then waits; gives the exit code. */
  stop(): Promise<number | null>;
}

export interface StartOptions {
  /** Files below `apis`. */
  readonly files?: Readonly<Record<string, string>>;
  /** Files below the project's folder. */
  readonly projectFiles?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** A project that is there already; it is left there at the end. */
  readonly dir?: string;
  /** Does not wait for the first load. */
  readonly nodeArgs?: readonly string[];
}

const patience = 20_000;

/** A project in a temporary folder, served by a real process, as a user would start it. */
export async function startServer(options: StartOptions = {}): Promise<TestServer> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'api-deploy-test-')));
  await mkdir(join(dir, 'apis'), { recursive: true });
  for (const [path, text] of Object.entries(options.files ?? {})) await put(join(dir, 'apis', path), text);
  for (const [path, text] of Object.entries(options.projectFiles ?? {})) await put(join(dir, path), text);
  const { child, output } = spawnCli(['start', ...(options.args ?? [])], { cwd: dir, ...options });
  const url = await waitForUrl(child, output);
  const agent = new Agent({ connections: 8 });

  async function send(method: 'GET' | 'POST', path: string, payload?: unknown): Promise<Answer> {
    const answer = await request(url + path, {
      method,
      dispatcher: agent,
      ...(payload === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(payload) }),
    });
    const text = await answer.body.text();
    return {
      status: answer.statusCode,
      headers: answer.headers,
      json: text === '' ? undefined : JSON.parse(text),
    };
  }

  const call: TestServer['call'] = (path, body, token = businessToken) =>
    send('POST', path, body === undefined ? { token } : { token, body });

  const server: TestServer = {
    url,
    dir,
    process: child,
    output,
    write: (path, text) => put(join(dir, 'apis', path), text),
    remove: (path) => rm(join(dir, 'apis', path), { recursive: true }),
    call,
    get: (path) => send('GET', path),
    admin: (path, token = adminToken) => send('POST', path, { token }),
    post: (path, payload) => send('POST', path, payload),
    async until(path, done, body) {
      const deadline = Date.now() + patience;
      for (;;) {
        const answer = path === '/' || path === '/health' ? await send('GET', path) : await call(path, body);
        if (done(answer)) return answer;
        if (Date.now() > deadline) {
          throw new Error(
            `${path} never answered as expected; last: ${JSON.stringify(answer.json)}\n${withoutRequests(output())}`,
          );
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async generation() {
      return (await send('GET', '/')).json.data.generation as number;
    },
    async logLines() {
      const names = (await readdir(join(dir, 'logs'))).sort();
      const texts = await Promise.all(names.map((name) => readFile(join(dir, 'logs', name), 'utf8')));
      return texts
        .flatMap((text) => text.split('\n').filter((line) => line !== ''))
        .map((line) => JSON.parse(line));
    },
    async stop() {
      await agent.destroy();
      const code = await endProcess(child);
      if (options.dir === undefined) await rm(dir, { recursive: true, force: true });
      return code;
    },
  };
  return server;
}

/** The console without its request lines, for messages. */
export function withoutRequests(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/: (?:GET|POST) \//.test(line))
    .join('\n');
}

export interface Spawned {
  readonly child: ChildProcess;
  readonly output: () => string;
}

/** Runs the built command line, with tokens and a free port, apart from this process's own environment. */
export function spawnCli(
  args: readonly string[],
  options: { cwd: string; env?: Readonly<Record<string, string>>; nodeArgs?: readonly string[] },
): Spawned {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(
    process.execPath,
    [...(options.nodeArgs ?? []), join(projectRoot, 'bin/api-deploy.js'), ...args],
    {
      cwd: options.cwd,
      env: { PATH, HOME, PORT: '0', VALID_TOKENS: businessToken, ADMIN_TOKENS: adminToken, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, output: () => text };
}

export function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}

async function endProcess(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), patience);
  const code = await exitOf(child);
  clearTimeout(late);
  return code;
}

async function waitForUrl(child: ChildProcess, output: () => string): Promise<string> {
  const deadline = Date.now() + patience;
  for (;;) {
    const url = /serves .* at (http:\/\/[^\s"]+)/.exec(output())?.[1];
    if (url !== undefined) return url;
    if (child.exitCode !== null)
      throw new Error(`the server ended with code ${child.exitCode}:\n${output()}`);
    if (Date.now() > deadline) throw new Error(`the server did not start:\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function put(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
