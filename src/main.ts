import { run } from './cli/run.ts';
import { boundStdio } from './containment/bounded-stdio.ts';
import { exitProcess, guardProcess, keepListeners } from './containment/guard-process.ts';
import { watchBelongings } from './containment/watch-belongings.ts';
import { checkModules } from './service/check-modules.ts';
import { startService, type Service } from './service/start-service.ts';
import { version } from './service/runtime-package.ts';

// Before any file of the user's is loaded: what would end the process for all is an error for whoever does it.
guardProcess();

/** Wires the commands to what they start, and signals to the way out. Nothing else ends the process. */
const exitCode = await run(process.argv.slice(2), {
  version,
  projectDir: process.cwd(),
  env: process.env,
  async start(source) {
    watchBelongings();
    const starting = startService(source);
    handleSignals(starting);
    await starting;
  },
  check: checkModules,
});
// `start` goes on; every other command is done, whatever a module that it loaded has left open.
if (exitCode !== undefined) exitProcess(exitCode);

/** Also while the service starts: it is stopped as soon as it has. */
function handleSignals(starting: Promise<Service>): void {
  let stopping = false;
  const onSignal = (signal: string): void => {
    if (stopping) exitProcess(1);
    stopping = true;
    void stopService(starting, signal);
  };
  const tell = (how: (service: Service) => void): void => void starting.then(how, () => {});
  keepListeners({
    SIGTERM: onSignal,
    SIGINT: onSignal,
    unhandledRejection: (reason: unknown) =>
      tell((service) => service.reportStray('a promise was rejected and nobody handled it', reason)),
    uncaughtException: (error: unknown) =>
      tell((service) => service.reportStray('an error was thrown outside every call', error)),
  });
  boundStdio((stream, bytes) => tell((service) => service.reportDropped(stream, bytes)));
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
