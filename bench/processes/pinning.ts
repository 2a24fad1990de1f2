import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

/** Servers run on one core, what measures them on another, so that neither takes time from the other. */
export const cores = { server: 0, client: 1 } as const;
export type Role = keyof typeof cores | 'unpinned';

let available: boolean | undefined;

/** Whether `taskset` is there, and a second core. */
export function canPin(): boolean {
  available ??= availableParallelism() >= 2 && hasTaskset();
  return available;
}

/** The command bound to its role's core, where the system can. `taskset` becomes the command: the process id stays. */
export function pinned(role: Role, { command, args }: Command): Command {
  if (role === 'unpinned' || !canPin()) return { command, args };
  return { command: 'taskset', args: ['-c', String(cores[role]), command, ...args] };
}

/** Each of these processes, with all its threads, to a core of its own, as far as there are cores. */
export function spread(pids: readonly number[]): void {
  if (!canPin()) return;
  for (const [at, pid] of pids.entries()) {
    const core = String(at % availableParallelism());
    execFileSync('taskset', ['-a', '-c', '-p', core, String(pid)], { stdio: 'ignore' });
  }
}

export function describePinning(): string {
  if (canPin()) return `servers pinned to core ${cores.server}, load to core ${cores.client}`;
  return 'not pinned: needs taskset (util-linux) and two cores; expect wider spreads';
}

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['-c', String(cores.client), process.execPath, '--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
