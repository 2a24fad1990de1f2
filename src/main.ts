import { closeSync, openSync } from 'node:fs';
import { run } from './cli/run.ts';
import { boundStdio } from './containment/bounded-stdio.ts';
import { exitProcess, guardProcess, keepListeners } from './containment/guard-process.ts';
import { watchBelongings } from './containment/watch-belongings.ts';
import type { Service } from './service/start-service.ts';
import type { WorkerService } from './service/cluster/start-worker.ts';
import { version } from './service/runtime-package.ts';
import { takeWorkerMark } from './supervision/cluster/worker-mark.ts';

const isWorker = takeWorkerMark(process.env);

// Before any file of the user's is loaded: what would end the process for all is an error for whoever does it.
guardProcess();

/**
 * Wires the commands to what they start, and signals to the way out. Nothing else ends the process. Each command
 * loads its own part of the runtime.
 */
const exitCode = await run(process.argv.slice(2), {
  version,
  projectDir: process.cwd(),
  env: process.env,
  async start(source) {
    watchBelongings();
    if (isWorker) {
      const { startWorker } = await import('./service/cluster/start-worker.ts');
      const starting = startWorker({ source, end: exitProcess });
      handleWorkerSignals(starting);
      reportStrays(starting);
      await starting;
      return;
    }
    const starting = import('./service/start.ts').then(({ start }) => start(source));
    const stop = handleSignals(starting);
    reportStrays(starting);
    const { restart } = await starting;
    if (restart !== undefined) restartOnHangUp(restart, stop);
  },
  async check(source) {
    const { checkModules } = await import('./service/check-modules.ts');
    return await checkModules(source);
  },
  onInterrupt,
});
// `start` goes on; every other command is done, whatever a module that it loaded has left open.
if (exitCode !== undefined) exitProcess(exitCode);

/** For commands that have something to finish. */
function onInterrupt(listener: () => void): () => void {
  let interrupted = false;
  let over = false;
  const onSignal = (): void => {
    if (interrupted || over) exitProcess(130);
    interrupted = true;
    listener();
  };
  keepListeners({ SIGINT: onSignal, SIGTERM: onSignal });
  return () => {
    over = true;
  };
}

/** Also while the service starts: it is stopped as soon as it has. Gives what a signal does. */
function handleSignals(starting: Promise<Service>): (signal: string) => void {
  let stopping = false;
  const onSignal = (signal: string): void => {
    if (stopping) exitProcess(1);
    stopping = true;
    void stopService(starting, signal);
  };
  keepListeners({ SIGTERM: onSignal, SIGINT: onSignal });
  return onSignal;
}

/** The supervisor hears of Ctrl-C and of a closed terminal too, and decides. */
function handleWorkerSignals(starting: Promise<WorkerService>): void {
  const leave = (): void => {
    starting.then(
      (worker) => worker.leave(),
      () => {},
    );
  };
  keepListeners({ SIGINT: () => {}, SIGHUP: () => {}, SIGTERM: leave });
}

function reportStrays(starting: Promise<Pick<Service, 'reportDropped' | 'reportStray'>>): void {
  type Told = Awaited<typeof starting>;
  const tell = (how: (service: Told) => void): void => void starting.then(how, () => {});
  keepListeners({
    unhandledRejection: (reason: unknown) =>
      tell((service) => service.reportStray('a promise was rejected and nobody handled it', reason)),
    uncaughtException: (error: unknown) =>
      tell((service) => service.reportStray('an error was thrown outside every call', error)),
  });
  boundStdio((stream, bytes) => tell((service) => service.reportDropped(stream, bytes)));
}

/** SIGHUP means two things: restart, please, or the terminal is gone. */
function restartOnHangUp(restart: () => Promise<void>, stop: (signal: string) => void): void {
  const hadTerminal = hasTerminal();
  keepListeners({
    SIGHUP() {
      if (hadTerminal && !hasTerminal()) stop('SIGHUP');
      else void restart();
    },
  });
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

async function stopService(starting: Promise<Service>, signal: string): Promise<void> {
  // A start that fails says so itself.
  const service = await starting.catch(() => exitProcess(1));
  try {
    await service.stop(signal);
    exitProcess(0);
  } catch (error) {
    service.reportStray('the service could not stop in order', error);
    exitProcess(1);
  }
}
