import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { pinned, type Command, type Role } from './pinning.ts';

export interface ProcessOptions extends Command {
  readonly role: Role;
  readonly cwd: string;
  /** Added to PATH and HOME; nothing else of this process's environment is handed on. */
  readonly env: Readonly<Record<string, string>>;
  /** Takes stdout and stderr. A file, because a pipe would wake this process while it measures. */
  readonly outputFile: string;
}

export interface RunningProcess {
  readonly pid: number;
  /** Everything printed so far. */
  output(): string;
  /** @throws Error with the output, when the process has ended by itself */
  checkAlive(): void;
  /** SIGTERM, then SIGKILL after 5 s, to the process and those that it started; resolves when it has ended. */
  stop(): Promise<void>;
  /** SIGKILL to the process and those that it started, without a warning; resolves when it has ended. */
  kill(): Promise<void>;
}

const patience = 5_000;
const running = new Set<ChildProcess>();

/** Starts a process as the leader of a group of its own, so that tools which start others can be ended as a whole. */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  const { command, args } = pinned(options.role, options);
  const { PATH = '', HOME = '' } = process.env;
  const output = openSync(options.outputFile, 'a');
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { PATH, HOME, ...options.env },
    stdio: ['ignore', output, output],
    detached: true,
  });
  closeSync(output);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  running.add(child);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const read = (): string => readFileSync(options.outputFile, 'utf8');
  return {
    pid: child.pid as number,
    output: read,
    checkAlive() {
      if (!hasEnded(child)) return;
      const how = child.signalCode ?? `code ${child.exitCode}`;
      throw new Error(`'${options.command} ${options.args.join(' ')}' ended with ${how}:\n${read()}`);
    },
    async stop() {
      signalGroup(child, 'SIGTERM');
      const late = setTimeout(() => signalGroup(child, 'SIGKILL'), patience);
      await ended;
      clearTimeout(late);
      // What the leader left behind.
      signalGroup(child, 'SIGKILL');
      running.delete(child);
    },
    async kill() {
      signalGroup(child, 'SIGKILL');
      await ended;
      running.delete(child);
    },
  };
}

/** For the way out: ends whatever is still running, at once. */
export function endAllProcesses(): void {
  for (const child of running) signalGroup(child, 'SIGKILL');
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
