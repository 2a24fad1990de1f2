import { inspect } from 'node:util';
import { callSites } from './call-sites.ts';

/** Why a call was refused that would have ended or changed the whole process. */
export class ProcessGuardError extends Error {
  readonly code = 'ERR_PROCESS_GUARD';

  constructor(call: string, instead: string) {
    super(`${call} is refused: the process serves all functions; ${instead}`);
    this.name = 'ProcessGuardError';
  }
}

// Taken before any served file runs.
const { exit, on, removeAllListeners, removeListener } = process;
const internals = process as unknown as {
  reallyExit: (code?: number) => never;
  _kill: (pid: number, signal: number) => number;
};
const { reallyExit, _kill } = internals;

/** Ends the process, whatever `guardProcess` and served code have put in the way. Listeners of `exit` run. */
export function exitProcess(code: number): never {
  internals.reallyExit = reallyExit;
  return Reflect.apply(exit, process, [code]);
}

/**
 * From now on, whoever but the runtime tries to end the process, to move it, or to change what it may do,
 * gets an error: in a call it is the call's, while a file loads the load's. For the life of the process.
 */
export function guardProcess(): void {
  const stop = 'return, or throw an error, which is answered or fails the load';
  process.exit = (code) => refuse(`process.exit(${code ?? ''})`, stop);
  internals.reallyExit = (code) => refuse(`process.reallyExit(${code ?? ''})`, stop);
  process.abort = () => refuse('process.abort()', stop);
  process.chdir = (directory) =>
    refuse(
      `process.chdir('${directory}')`,
      "use absolute paths, for example join(import.meta.dirname, 'file'), or the option cwd of a child process",
    );
  guardChannel();
  guardUmask();
  guardKill();
  guardIdentity();
}

/** Of all calls of `keepListeners`. */
const kept: [event: string, listener: (...args: unknown[]) => void][] = [];

/** Adds listeners to the process that nobody can take away, not even with `process.removeAllListeners()`. */
export function keepListeners(listeners: Readonly<Record<string, (...args: never[]) => void>>): void {
  kept.push(...(Object.entries(listeners) as typeof kept));
  const restore = (): void => {
    for (const [event, listener] of kept) {
      if (!process.listeners(event as 'exit').includes(listener))
        Reflect.apply(on, process, [event, listener]);
    }
  };
  // Node listens to these two itself: without them, a new listener of a signal would hear nothing.
  const needed = new Set<string | symbol>(['newListener', 'removeListener']);
  process.removeAllListeners = (...args: [event?: string | symbol]) => {
    const events = args.length === 0 ? process.eventNames() : args;
    for (const event of events) {
      if (event !== undefined && !needed.has(event)) Reflect.apply(removeAllListeners, process, [event]);
    }
    restore();
    return process;
  };
  const remove: typeof process.removeListener = (event, listener) => {
    Reflect.apply(removeListener, process, [event, listener]);
    restore();
    return process;
  };
  process.removeListener = remove;
  process.off = remove;
  restore();
}

/** Node itself calls this when the process at the other end is gone. */
function guardChannel(): void {
  const { disconnect } = process;
  if (disconnect === undefined) return;
  process.disconnect = function cut(): void {
    if (callSites(cut).some((site) => site.getFileName()?.startsWith('node:') === false))
      refuse('process.disconnect()', 'the channel leads to the supervisor');
    Reflect.apply(disconnect, process, []);
  };
}

function guardUmask(): void {
  const { umask } = process;
  process.umask = (...args: unknown[]): number => {
    if (args.length === 0 || args[0] === undefined) return umask();
    return refuse(`process.umask(${inspect(args[0])})`, 'give each file its mode when it is made');
  };
}

/** Signal 0 only asks whether a process lives. A negative number or 0 means a whole group of processes. */
function guardKill(): void {
  internals._kill = (pid, signal) => {
    const own = pid === process.pid || pid === 0 || pid === -1 || pid === -process.pid;
    const supervisor = process.connected && Math.abs(pid) === process.ppid;
    if (signal !== 0 && (own || supervisor)) {
      refuse(`process.kill(${pid}, ${signal})`, 'stop the service from outside');
    }
    return Reflect.apply(_kill, process, [pid, signal]);
  };
}

function guardIdentity(): void {
  const calls = process as unknown as Record<string, unknown>;
  for (const name of ['setuid', 'setgid', 'seteuid', 'setegid', 'setgroups', 'initgroups']) {
    // Absent on Windows.
    if (calls[name] === undefined) continue;
    calls[name] = (...args: unknown[]) =>
      refuse(
        `process.${name}(${args.map((arg) => inspect(arg)).join(', ')})`,
        'start the service as the user it should run as',
      );
  }
}

function refuse(call: string, instead: string): never {
  throw new ProcessGuardError(call, instead);
}
